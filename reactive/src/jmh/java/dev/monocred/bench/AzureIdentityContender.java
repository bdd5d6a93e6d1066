package dev.monocred.bench;

import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.netty.NettyAsyncHttpClientProvider;
import com.azure.identity.AuthenticationUtil;
import com.azure.identity.ClientSecretCredential;
import com.azure.identity.ClientSecretCredentialBuilder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** azure-identity, as its README shows it. */
final class AzureIdentityContender implements Contender {

    private final boolean sync;
    private final ClientSecretCredential credential = new ClientSecretCredentialBuilder()
            .tenantId(TENANT).clientId(CLIENT_ID).clientSecret(CLIENT_SECRET)
            .authorityHost(TokenService.authority()).disableInstanceDiscovery().additionallyAllowedTenants("*")
            // The default client, named because the row "bearer" puts another one in the place of the default.
            .httpClient(new NettyAsyncHttpClientProvider().createInstance())
            .build();

    AzureIdentityContender(boolean sync) {
        this.sync = sync;
    }

    @Override
    public Call call(Ask ask) {
        TokenRequestContext context = new TokenRequestContext().addScopes(ask.scope());
        if (ask.tenant() != null) {
            context.setTenantId(ask.tenant());
        }
        return sync ? new SyncCall(context) : () -> credential.getToken(context);
    }

    @Override
    public Call bearer(Ask ask) {
        Supplier<String> provider = AuthenticationUtil.getBearerTokenSupplier(credential, ask.scope());
        return () -> Mono.fromSupplier(provider);
    }

    /** Its second code path, the one that blocks. */
    private final class SyncCall implements Call {

        private final TokenRequestContext context;

        SyncCall(TokenRequestContext context) {
            this.context = context;
        }

        @Override
        public Mono<?> getToken() {
            return credential.getToken(context);
        }

        @Override
        public @Nullable Object block() {
            return credential.getTokenSync(context);
        }
    }
}
