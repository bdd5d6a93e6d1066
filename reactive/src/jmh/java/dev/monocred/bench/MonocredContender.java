package dev.monocred.bench;

import dev.monocred.BearerTokens;
import dev.monocred.ClientSecretCredential;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** This library with its defaults; in the rows about refreshing, with clocks that can be put forward. */
final class MonocredContender implements Contender {

    /** This machine's clocks, and what they have been put forward by. */
    private static final class Clocks implements TimeSource {

        private final AtomicLong forwardMillis = new AtomicLong();

        @Override
        public long nanos() {
            return System.nanoTime() + forwardMillis.get() * 1_000_000;
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis() + forwardMillis.get();
        }
    }

    private final Clocks clocks = new Clocks();
    private final ClientSecretCredential credential;

    MonocredContender(boolean refreshing) {
        ClientSecretCredential.Builder builder = ClientSecretCredential.builder()
                .tenantId(TENANT).clientId(CLIENT_ID).clientSecret(CLIENT_SECRET)
                .authorityHost(TokenService.authority()).disableInstanceDiscovery(true).additionallyAllowedTenants("*");
        credential = (refreshing ? builder.timeSource(clocks) : builder).build();
    }

    @Override
    public Call call(Ask ask) {
        TokenRequestContext context = context(ask);
        return () -> credential.getToken(context);
    }

    @Override
    public Call bearer(Ask ask) {
        Supplier<Mono<String>> provider = BearerTokens.getBearerTokenProvider(credential, context(ask));
        return provider::get;
    }

    private static TokenRequestContext context(Ask ask) {
        return TokenRequestContext.of(ask.scope()).withTenantId(ask.tenant());
    }

    /** 250 s on: past its refresh time and its jitter, 35 s before nobody is served it any more. */
    @Override
    public void makeRefreshDue() {
        clocks.forwardMillis.addAndGet(TimeUnit.SECONDS.toMillis(250));
    }

    @Override
    public void close() {
        credential.close().block();
    }
}
