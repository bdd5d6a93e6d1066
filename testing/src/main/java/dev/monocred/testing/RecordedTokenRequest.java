package dev.monocred.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What arrived at the token endpoint of a {@link FakeEntra}. Immutable; {@link #toString()} hides every secret field. */
public final class RecordedTokenRequest {

    private static final Set<String> SECRET = Set.of("client_secret", "client_assertion", "assertion", "password", "code",
            "code_verifier", "refresh_token", "device_code");

    private final String method;
    private final String path;
    private final String tenant;
    private final Map<String, List<String>> headers;
    private final Map<String, String> form;
    private final boolean isWellFormed;
    private final Instant time;

    RecordedTokenRequest(String method, String path, String tenant, Map<String, List<String>> headers, String body,
            Instant time) {
        this.method = method;
        this.path = path;
        this.tenant = tenant;
        this.headers = headers;
        Map<String, String> fields = new LinkedHashMap<>();
        this.isWellFormed = decode(body, fields);
        this.form = Collections.unmodifiableMap(fields);
        this.time = time;
    }

    private RecordedTokenRequest(RecordedTokenRequest other, Map<String, String> form) {
        this.method = other.method;
        this.path = other.path;
        this.tenant = other.tenant;
        this.headers = other.headers;
        this.form = Collections.unmodifiableMap(form);
        this.isWellFormed = other.isWellFormed;
        this.time = other.time;
    }

    /** The same request with one more field. */
    RecordedTokenRequest with(String name, String value) {
        Map<String, String> fields = new LinkedHashMap<>(form);
        fields.put(name, value);
        return new RecordedTokenRequest(this, fields);
    }

    /** Adds every pair of the body to the fields; answers whether each name came once and each escape was one. */
    private static boolean decode(String body, Map<String, String> fields) {
        boolean isWellFormed = true;
        for (String pair : body.isEmpty() ? new String[0] : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            try {
                String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
                String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                isWellFormed &= equals > 0 && fields.putIfAbsent(name, value) == null;
            } catch (IllegalArgumentException notAnEscape) {
                isWellFormed = false;
            }
        }
        return isWellFormed;
    }

    /**
     * The HTTP method.
     *
     * @return {@code POST} from a well-behaved client
     */
    public String method() {
        return method;
    }

    /**
     * Where the request went.
     *
     * @return the path as it was sent, without a query
     */
    public String path() {
        return path;
    }

    /**
     * The tenant in the path.
     *
     * @return the path's first part as it was sent
     */
    public String tenant() {
        return tenant;
    }

    /**
     * All headers.
     *
     * @return the values by lower-case name; unmodifiable
     */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /**
     * One header.
     *
     * @param name its name in any case
     * @return its first value, or {@code null} if it was not sent
     */
    public @Nullable String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    /**
     * The decoded fields of the form, in the order they were sent.
     *
     * @return the values by name, secrets included; unmodifiable
     */
    public Map<String, String> form() {
        return form;
    }

    /**
     * One decoded field of the form.
     *
     * @param name its name, for example {@code grant_type}
     * @return its value, or {@code null} if it was not sent
     */
    public @Nullable String field(String name) {
        return form.get(name);
    }

    /**
     * What the token was asked for.
     *
     * @return the parts of the field {@code scope}, possibly none; unmodifiable
     */
    public List<String> scopes() {
        String scope = form.getOrDefault("scope", "");
        return scope.isBlank() ? List.of() : List.of(scope.trim().split(" +"));
    }

    /**
     * When the request arrived, by the fake's clock.
     *
     * @return the instant
     */
    public Instant time() {
        return time;
    }

    /** Whether the body was a form: each name once, each escape complete. */
    boolean isWellFormed() {
        return isWellFormed;
    }

    @Override
    public String toString() {
        Map<String, String> shown = new LinkedHashMap<>(form);
        shown.replaceAll((name, value) -> SECRET.contains(name) ? "(hidden)" : value);
        return "RecordedTokenRequest[" + method + " " + path + ", form=" + shown + ", time=" + time + "]";
    }

    /** Headers as OkHttp lists them, by lower-case name. */
    static Map<String, List<String>> headers(okhttp3.Headers headers) {
        Map<String, List<String>> byName = new TreeMap<>();
        for (int i = 0; i < headers.size(); i++) {
            byName.computeIfAbsent(headers.name(i).toLowerCase(Locale.ROOT), name -> new ArrayList<>(1)).add(headers.value(i));
        }
        byName.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(byName);
    }
}
