/** Reactive credentials for Microsoft Entra. */
// "requires-automatic": Reactor Netty has no descriptor yet, so what only it needs is named here too: QUIC, HTTP/2, DNS.
@SuppressWarnings("requires-automatic")
@org.jspecify.annotations.NullMarked
module dev.monocred.reactive {
    requires transitive dev.monocred.core;
    requires com.fasterxml.jackson.databind;
    requires reactor.netty.core;
    requires reactor.netty.http;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.classes.quic; // for Reactor Netty, see the pom
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.handler.proxy;
    requires io.netty.resolver;
    requires io.netty.resolver.dns;
    requires io.netty.transport;
    requires org.reactivestreams;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.monocred;
    exports dev.monocred.spi;
}
