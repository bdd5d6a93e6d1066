package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TimeSource;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.core.oauth.RetryAfter;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.http.HttpSender;
import dev.monocred.internal.http.Retries;
import dev.monocred.internal.http.RetryRule.Verdict;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The assertion that Azure Pipelines makes for a job's service connection (platform.md 17). It lives for minutes, so it is
 * asked for anew for each attempt at Entra, and never for a token that is held. Holds nothing about a request; cancelling ends
 * the exchange under way.
 */
public final class PipelinesAssertion implements AuthenticationProvider {

    /** Set by the agent in each job; read for each acquisition. */
    static final String VARIABLE = "SYSTEM_OIDCREQUESTURI";

    private static final int OK = 200;
    private static final int LONGEST_TEXT = 300;
    private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");
    /** What its support asks for. */
    private static final List<String> IDS = List.of("x-vss-e2eid", "x-msedge-ref");

    private final Connection connection;
    private final Function<String, @Nullable String> environment;
    private final HttpSender http;
    private final Retries retries;
    private final TimeSource time;

    PipelinesAssertion(Connection connection, Function<String, @Nullable String> environment, HttpSender http, Retries retries,
            TimeSource time) {
        this.connection = connection;
        this.environment = environment;
        this.http = http;
        this.retries = retries;
        this.time = time;
    }

    /**
     * A service connection, as a job may use it.
     *
     * @param credential whose name stands first in an error
     * @param id which service connection
     * @param accessToken the job's own token, a secret
     */
    public record Connection(String credential, String id, String accessToken) {

        @Override
        public String toString() {
            return "Connection[" + id + "]";
        }
    }

    @Override
    public Mono<Proof> prepare() {
        return Mono.fromCallable(this::address).map(address -> endpoint -> assertion(address));
    }

    private Mono<ClientAuthentication> assertion(URI address) {
        return retries.run(Mono.defer(() -> http.send(call(address))), PipelinesAssertion::judge, true)
                .onErrorMap(HttpFailure.class, failure -> TokenErrors.failed(connection.credential, address, failure))
                .map(this::read);
    }

    private URI address() {
        String set = environment.apply(VARIABLE);
        if (set == null || set.isBlank()) {
            throw new CredentialUnavailableException(TokenErrors.sentence(connection.credential + " is unavailable",
                    "the variable " + VARIABLE + " is not set", "Run this in a job of Azure Pipelines, whose agent sets it", null),
                    null, Details.NONE);
        }
        URI given = checked(set.strip());
        String query = given.getRawQuery();
        return URI.create(given.toString().replaceFirst("[?#].*$", "").replaceFirst("/+$", "") + "?"
                + (query == null || query.isEmpty() ? "" : query + "&")
                + "api-version=7.1&serviceConnectionId=" + URLEncoder.encode(connection.id, UTF_8).replace("+", "%20"));
    }

    /** Where the job's token may go: over TLS, or nowhere but this machine. */
    private URI checked(String text) {
        try {
            URI uri = new URI(text);
            boolean isPrivate = "https".equalsIgnoreCase(uri.getScheme()) || ("http".equalsIgnoreCase(uri.getScheme())
                    && List.of("localhost", "127.0.0.1").contains(String.valueOf(uri.getHost())));
            if (uri.getHost() != null && uri.getRawUserInfo() == null && isPrivate) {
                return uri;
            }
        } catch (URISyntaxException notAnAddress) {
            // Said below, without the value.
        }
        throw failed("the variable " + VARIABLE + " holds no https address", "The agent sets it; do not change it", Details.NONE);
    }

    private HttpCall call(URI address) {
        return HttpCall.post(address, Map.of("Authorization", "Bearer " + connection.accessToken, "Accept", "application/json",
                "Content-Type", "application/json", "Content-Length", "0",
                // Without it a wrong token is answered with a sign-in page.
                "X-TFS-FedAuthRedirect", "Suppress"), new byte[0]);
    }

    private static Verdict judge(RawAnswer answer) {
        return TRANSIENT.contains(answer.status()) ? Verdict.retry(RetryAfter.read(answer.headers()))
                : answer.status() == OK ? Verdict.SUCCESS : Verdict.FINAL;
    }

    private ClientAuthentication read(RawAnswer answer) {
        ObjectNode body = answer.status() == OK ? Json.object(answer.body()) : null;
        String token = body == null ? "" : body.path("oidcToken").asText("");
        if (TOKEN.matcher(token).matches()) {
            return new ClientAuthentication.Assertion(token);
        }
        // What comes with status 200 is not shown: it may be half of a token.
        throw failed("Azure Pipelines answered with status " + answer.status()
                + (answer.status() == OK ? " and no oidcToken" : said(answer)) + ids(answer),
                "Check the service connection " + connection.id
                        + ", and that systemAccessToken is the value of System.AccessToken in this job", details(answer));
    }

    private Details details(RawAnswer answer) {
        boolean isTransient = TRANSIENT.contains(answer.status());
        Duration pause = isTransient ? RetryAfter.read(answer.headers()) : null;
        return Details.NONE.withTransient(isTransient)
                .withRetryAt(pause == null ? null : Instant.ofEpochMilli(time.wallMillis()).plus(pause));
    }

    /** The service's own sentence; a page is not one. */
    private String said(RawAnswer answer) {
        ObjectNode body = Json.object(answer.body());
        String text = body == null ? new String(answer.body(), UTF_8) : body.path("message").asText("");
        String plain = shown(text).replaceFirst("\\.+$", "");
        return plain.isEmpty() || plain.startsWith("<") ? "" : ": " + plain;
    }

    private String ids(RawAnswer answer) {
        String ids = IDS.stream().flatMap(name -> answer.header(name).stream().limit(1).map(value -> name + " " + shown(value)))
                .collect(Collectors.joining(", "));
        return ids.isEmpty() ? "" : " (" + ids + ")";
    }

    private String shown(String text) {
        String line = text.replace(connection.accessToken, "***").replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "…" : line;
    }

    private ClientAuthenticationException failed(String came, String remedy, Details details) {
        return new ClientAuthenticationException(TokenErrors.sentence(connection.credential, came, remedy, null), null, details);
    }

    @Override
    public String toString() {
        return "PipelinesAssertion[" + connection.id + "]";
    }
}
