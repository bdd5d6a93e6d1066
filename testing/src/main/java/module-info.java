/** What Monocred is tested with, and what its users test with. */
// "requires-automatic": Reactor and MockWebServer have no descriptor yet.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module dev.monocred.testing {
    requires transitive dev.monocred.core;
    requires transitive reactor.netty.http;
    requires reactor.netty.core;
    requires io.netty.codec.http;
    requires io.netty.handler;
    requires com.fasterxml.jackson.databind;
    requires java.logging;
    requires mockwebserver3;
    requires okhttp3;
    requires okhttp3.tls;
    requires okio;
    requires static org.junit.jupiter.api;
    requires static org.assertj.core;
    requires static transitive org.jspecify;

    exports dev.monocred.testing;
}
