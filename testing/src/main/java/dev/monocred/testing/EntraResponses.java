package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeAnswer.Exchange;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.MockResponse;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** What Entra's answers look like: the token, the refusal, the description of a cloud, and a resource's 401. */
final class EntraResponses {

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ENTRA_DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String BEARER = "Bearer ";

    private final EntraRules rules;
    private final IssuedTokens tokens;
    private final UserGrants users;
    private final Supplier<String> authority;
    private final Supplier<Instant> now;

    EntraResponses(EntraRules rules, IssuedTokens tokens, UserGrants users, Supplier<String> authority, Supplier<Instant> now) {
        this.rules = rules;
        this.tokens = tokens;
        this.users = users;
        this.authority = authority;
        this.now = now;
    }

    Exchange toTokenRequest(RecordedTokenRequest request) {
        return new TokenExchange(request);
    }

    /** How the device endpoint answers. */
    MockResponse.Builder toDeviceRequest(RecordedTokenRequest request, FakeDevices devices) {
        Refusal refusal = rules.checkDevice(request);
        return refusal != null ? refusal(refusal, request.header("client-request-id"))
                : dated(200, devices.issue(request, authority.get()));
    }

    Exchange toDiscovery(HttpUrl url, @Nullable String clientRequestId) {
        return new DiscoveryExchange(url, clientRequestId);
    }

    /** How a resource answers to a request with that {@code Authorization} header. */
    MockResponse resource(@Nullable String authorization) {
        String token = authorization != null && authorization.startsWith(BEARER)
                ? authorization.substring(BEARER.length()) : "";
        boolean isAccepted = tokens.isValid(token, now.get()) && !tokens.isRevoked(token);
        MockResponse.Builder response = FakeAnswer.json(isAccepted ? 200 : 401, "{\"accepted\":" + isAccepted + "}");
        return (isAccepted ? response : response.addHeader("WWW-Authenticate", challenge(token))).build();
    }

    private String challenge(String token) {
        String claims = tokens.challenge(token);
        return BEARER + "realm=\"\", authorization_uri=\"" + authority.get() + "/common/oauth2/authorize\", "
                + (claims == null ? "error=\"invalid_token\"" : "error=\"insufficient_claims\", claims=\"" + claims + "\"");
    }

    private MockResponse.Builder dated(int status, ObjectNode json) {
        return FakeAnswer.json(status, json.toString()).addHeader("Date", HTTP_DATE.format(now.get()))
                .addHeader("Cache-Control", "no-store, no-cache");
    }

    private MockResponse.Builder refusal(Refusal refusal, @Nullable String clientRequestId) {
        String correlationId = clientRequestId == null ? UUID.randomUUID().toString() : clientRequestId;
        String traceId = UUID.randomUUID().toString();
        String timestamp = ENTRA_DATE.format(now.get());
        ObjectNode json = object().put("error", refusal.error())
                .put("error_description", "AADSTS" + refusal.code() + ": " + refusal.sentence() + " Trace ID: " + traceId
                        + " Correlation ID: " + correlationId + " Timestamp: " + timestamp);
        json.putArray("error_codes").add(refusal.code());
        json.put("timestamp", timestamp).put("trace_id", traceId).put("correlation_id", correlationId)
                .put("error_uri", authority.get() + "/error?code=" + refusal.code());
        refusal.more().forEach(json::put);
        return dated(refusal.status(), json);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The token endpoint's side of one request. */
    private final class TokenExchange implements Exchange {

        private final RecordedTokenRequest request;

        TokenExchange(RecordedTokenRequest request) {
            this.request = request;
        }

        @Override
        public MockResponse.Builder ordinary(Duration lifetime, @Nullable Duration refreshIn) {
            Refusal refusal = rules.check(request);
            if (refusal != null) {
                return refusal(refusal);
            }
            return EntraRules.isForApplication(request) ? dated(200, token(lifetime, refreshIn))
                    : forPerson(users.redeem(request), lifetime, refreshIn);
        }

        private MockResponse.Builder forPerson(UserGrants.Redeemed redeemed, Duration lifetime, @Nullable Duration refreshIn) {
            if (redeemed.refusal() != null) {
                return refusal(redeemed.refusal());
            }
            ObjectNode json = token(lifetime, refreshIn);
            users.complete(request, redeemed, json);
            return dated(200, json);
        }

        private ObjectNode token(Duration lifetime, @Nullable Duration refreshIn) {
            ObjectNode json = object().put("token_type", "Bearer")
                    .put("expires_in", lifetime.toSeconds()).put("ext_expires_in", lifetime.toSeconds());
            if (refreshIn != null) {
                json.put("refresh_in", refreshIn.toSeconds());
            }
            return json.put("access_token", tokens.issue(EntraRules.tenant(request), request.form().getOrDefault("client_id", ""),
                    EntraRules.audience(request), now.get(), lifetime));
        }

        @Override
        public MockResponse.Builder refusal(Refusal refusal) {
            return EntraResponses.this.refusal(refusal, request.header("client-request-id"));
        }
    }

    /** Instance discovery's side of one request. */
    private final class DiscoveryExchange implements Exchange {

        private final HttpUrl url;
        private final @Nullable String clientRequestId;

        DiscoveryExchange(HttpUrl url, @Nullable String clientRequestId) {
            this.url = url;
            this.clientRequestId = clientRequestId;
        }

        @Override
        public MockResponse.Builder ordinary(Duration lifetime, @Nullable Duration refreshIn) {
            String endpoint = url.queryParameter("authorization_endpoint");
            if (endpoint == null || url.queryParameter("api-version") == null) {
                return refusal(Refusal.invalidRequest(900144,
                        "The request must contain the parameters 'api-version' and 'authorization_endpoint'."));
            }
            // Some clients leave the port out of the parameter, so only another port is another instance.
            Matcher mine = Pattern.compile("https://(localhost|127\\.0\\.0\\.1)(:" + URI.create(authority.get()).getPort()
                    + ")?/([^/]+)/.*").matcher(endpoint);
            return mine.matches() ? metadata(mine.group(3)) : refusal(new Refusal(400, "invalid_instance", 50049,
                    "Unknown or invalid instance.", Map.of()));
        }

        private MockResponse.Builder metadata(String tenant) {
            String host = URI.create(authority.get()).getAuthority();
            ObjectNode json = object().put("tenant_discovery_endpoint",
                    authority.get() + "/" + tenant + "/v2.0/.well-known/openid-configuration").put("api-version", "1.1");
            json.putArray("metadata").addObject().put("preferred_network", host).put("preferred_cache", host)
                    .putArray("aliases").add(host);
            return dated(200, json);
        }

        @Override
        public MockResponse.Builder refusal(Refusal refusal) {
            return EntraResponses.this.refusal(refusal, clientRequestId);
        }
    }
}
