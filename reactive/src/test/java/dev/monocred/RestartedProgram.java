package dev.monocred;

import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLException;
import reactor.netty.http.client.HttpClient;

/** A program for tests that are about restarts: the first run signs in, later ones must not ask anybody. */
final class RestartedProgram {

    private RestartedProgram() {}

    /** Arguments: authority host, file with the certificate to trust, home folder, scopes. Prints one token for each scope. */
    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(arguments[2]);
        Path remembered = home.resolve("record.json");
        Map<String, String> variables = Map.of("HOME", arguments[2]);
        DeviceCodeCredential.Builder builder = DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID)
                .authorityHost(arguments[0]).httpClient(trusting(Path.of(arguments[1])))
                .environment(variables::get)
                .tokenCachePersistence(TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build());
        boolean isFirst = !Files.exists(remembered);
        if (!isFirst) {
            builder.authenticationRecord(AuthenticationRecord.deserialize(Files.readString(remembered)))
                    .disableAutomaticAuthentication(true);
        }
        DeviceCodeCredential credential = builder.build();
        if (isFirst) {
            Files.writeString(remembered, credential.authenticate(TokenRequestContext.of(arguments[3])).blockOptional()
                    .orElseThrow().serialize());
        }
        for (int i = 3; i < arguments.length; i++) {
            System.out.println("token " + credential.getToken(arguments[i]).blockOptional().orElseThrow().token());
        }
        credential.close().block();
        System.exit(0);
    }

    private static HttpClient trusting(Path certificate) throws SSLException {
        var tls = SslContextBuilder.forClient().trustManager(certificate.toFile()).build();
        return HttpClient.create().secure(spec -> spec.sslContext(tls));
    }
}
