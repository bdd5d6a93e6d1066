package dev.monocred.examples.entraflows;

import dev.monocred.AuthorizationCodeCredential;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import reactor.core.publisher.Mono;

/** A web application whose user came back from signing in, with a code. */
final class AuthorizationCodeFlow implements Flow {

    private static final String REDIRECT = "https://shop.example/signed-in";

    @Override
    public Mono<String> run(FakeEntra entra) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String verifier = base64(random);
        String code = entra.authorizationCode(REDIRECT, challenge(verifier)); // in life: a parameter of the redirect

        AuthorizationCodeCredential credential = AuthorizationCodeCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorizationCode(code).redirectUri(REDIRECT).codeVerifier(verifier)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        return Mono.usingWhen(Mono.just(credential), it -> Mono.zip(it.getToken("https://graph.microsoft.com/.default"),
                        it.getToken("https://vault.azure.net/.default")), TokenCredential::close)
                .map(two -> "a token for Graph that expires at " + two.getT1().expiresAt() + ", and one for Key Vault\n"
                        + "grants that were sent: " + entra.requests().stream().map(each -> each.field("grant_type")).toList());
    }

    /** The code challenge that went with the person to the authorize endpoint. */
    private static String challenge(String verifier) {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
