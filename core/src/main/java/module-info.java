/** The credential contract of Monocred, and everything about Entra tokens that is a pure function of its arguments. */
// "module": the qualified exports name modules that are built after this one. "requires-…-automatic": Reactor has no descriptor yet.
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module dev.monocred.core {
    requires transitive reactor.core;
    requires com.fasterxml.jackson.databind;
    requires com.nimbusds.jose.jwt;
    requires static transitive org.jspecify;

    exports dev.monocred.core;
    exports dev.monocred.core.cache to dev.monocred.reactive, dev.monocred.testing;
    exports dev.monocred.core.jwt to dev.monocred.reactive, dev.monocred.testing;
    exports dev.monocred.core.oauth to dev.monocred.reactive, dev.monocred.testing;
    exports dev.monocred.core.refresh to dev.monocred.reactive, dev.monocred.testing;
}
