package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.ToolScript.nothing;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenBroker;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ByteBufFlux;

/** A machine where somebody is signed in to Visual Studio Code: a home directory, a secret store, perhaps a broker. */
final class VisualStudioCodeSubject implements Subject {

    static final String CLIENT_ID = "aebc6443-996d-45c2-90f0-388ff96faa56";
    static final String TENANT = "99999999-9999-9999-9999-999999999999";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeTool secretTool = FakeTool.named("secret-tool").does(nothing().exits(1));
    private final Broker broker = new Broker();
    private final boolean isBrokered;
    private final int beforehand;
    private final List<String> secrets;
    private final VisualStudioCodeCredential.Builder builder;
    private final VisualStudioCodeCredential credential;

    private VisualStudioCodeSubject(boolean isBrokered) {
        this.isBrokered = isBrokered;
        entra.registers(FakeEntra.TENANT_ID, CLIENT_ID, "not-needed");
        if (isBrokered) {
            record(".azure", recordOf("\"tenantId\": \"" + TENANT + "\","));
            this.secrets = List.of();
            this.builder = builder().tokenBroker(broker);
        } else {
            String secret = refreshToken(entra);
            secretTool.does(nothing().prints(secret));
            this.secrets = List.of(secret);
            this.builder = builder();
        }
        this.beforehand = entra.tokenRequests();
        this.credential = builder.build();
    }

    /** With a broker and a record. */
    static VisualStudioCodeSubject brokered() {
        return new VisualStudioCodeSubject(true);
    }

    /** With what an old extension left. */
    static VisualStudioCodeSubject legacy() {
        return new VisualStudioCodeSubject(false);
    }

    VisualStudioCodeCredential.Builder builder() {
        return VisualStudioCodeCredential.builder().authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(secretTool.environment()).timeSource(time).scheduler(time.scheduler());
    }

    /** What the fake's only person gets for Visual Studio Code. */
    static String refreshToken(FakeEntra entra) {
        String redirect = "http://localhost:8400";
        String form = Map.of("client_id", CLIENT_ID, "grant_type", "authorization_code", "redirect_uri", redirect,
                        "code", entra.authorizationCode(redirect), "scope", "openid offline_access").entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8)).collect(Collectors.joining("&"));
        String answer = entra.httpClient().headers(headers -> headers.set("Content-Type", "application/x-www-form-urlencoded")
                        .set("Content-Length", form.length()))
                .post().uri(entra.authorityHost() + "/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token")
                .send(ByteBufFlux.fromString(Mono.just(form))).responseContent().aggregate().asString().block();
        return Pattern.compile("\"refresh_token\":\"([^\"]+)\"").matcher(Objects.requireNonNull(answer)).results()
                .map((MatchResult found) -> found.group(1)).findFirst().orElseThrow(() -> new AssertionError(answer));
    }

    /** As the extension writes it: with a scheme, a time and without a version. */
    static String recordOf(String tenantMember) {
        return "{\"username\": \"someone@example.com\", \"authority\": \"https://login.microsoftonline.com\", "
                + "\"homeAccountId\": \"an-account.a-tenant\", " + tenantMember + " \"clientId\": \"" + CLIENT_ID
                + "\", \"datetime\": \"2029-12-31T00:00:00.000Z\"}";
    }

    /** Writes the record into one of the two folders. */
    Path record(String folder, String text) {
        return write(folder + "/ms-azuretools.vscode-azureresourcegroups/authRecord.json", text);
    }

    Path write(String belowHome, String text) {
        try {
            Path file = secretTool.folder().resolve(belowHome);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FakeEntra entra() {
        return entra;
    }

    FakeTool secretTool() {
        return secretTool;
    }

    Broker broker() {
        return broker;
    }

    @Override
    public VisualStudioCodeCredential credential() {
        return credential;
    }

    @Override
    public ManualTime time() {
        return time;
    }

    @Override
    public int upstreamRequests() {
        return isBrokered ? broker.asked.size() : entra.tokenRequests() - beforehand;
    }

    @Override
    public void holdAnswers() {
        broker.held.set(Sinks.empty());
        entra.holds();
    }

    @Override
    public void releaseAnswers() {
        broker.held.get().tryEmitEmpty();
        entra.releases();
    }

    @Override
    public void refuseNext() {
        broker.failures.add(new ClientAuthenticationException("an invented refusal"));
        if (!isBrokered) {
            entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
        }
    }

    @Override
    public List<String> secrets() {
        return secrets;
    }

    @Override
    public List<Object> printables() {
        return List.of(builder);
    }

    @Override
    public void close() {
        credential.close().block(Duration.ofSeconds(20));
        secretTool.close();
        entra.close();
    }

    /** A question to the broker. */
    record Question(AuthenticationRecord record, TokenRequestContext request, String thread) {}

    /** A broker of this program: another token for each question. */
    final class Broker implements TokenBroker {

        final List<Question> asked = new CopyOnWriteArrayList<>();
        final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        private final AtomicReference<Sinks.Empty<Void>> held = new AtomicReference<>(released());

        private static Sinks.Empty<Void> released() {
            Sinks.Empty<Void> open = Sinks.empty();
            open.tryEmitEmpty();
            return open;
        }

        @Override
        public Mono<AccessToken> getToken(AuthenticationRecord record, TokenRequestContext request) {
            return Mono.defer(() -> {
                asked.add(new Question(record, request, Thread.currentThread().getName()));
                String token = "token-" + asked.size();
                RuntimeException failure = failures.poll();
                return held.get().asMono().then(failure != null ? Mono.error(failure)
                        : Mono.just(AccessToken.of(token, time.now().plus(Duration.ofHours(1)))));
            });
        }
    }
}
