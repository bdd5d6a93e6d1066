package dev.monocred.testing;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What arrived at a fake host. Immutable; {@link #toString()} shows neither headers nor body, which may hold secrets. */
public final class RecordedHostRequest {

    /** They say which port was free and which client it is. */
    private static final Set<String> NOT_IN_TRANSCRIPT = Set.of("host", "user-agent");

    private final String method;
    private final String target;
    private final Map<String, List<String>> headers;
    private final String body;
    private final Instant time;

    RecordedHostRequest(String method, String target, Map<String, List<String>> headers, String body, Instant time) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.time = time;
    }

    /**
     * The HTTP method.
     *
     * @return for example {@code GET}
     */
    public String method() {
        return method;
    }

    /**
     * Path and query.
     *
     * @return exactly as they were sent
     */
    public String target() {
        return target;
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
     * What was sent besides.
     *
     * @return the text; empty for a GET
     */
    public String body() {
        return body;
    }

    /**
     * When the request arrived, by the fake's clock.
     *
     * @return the instant
     */
    public Instant time() {
        return time;
    }

    /**
     * The whole request, to be compared with a literal: the request line, the headers in the order of their lower-case
     * names but for {@code Host} and {@code User-Agent}, an empty line, the body. Secrets included.
     *
     * @return the text; lines end in {@code \n}
     */
    public String transcript() {
        return method + " " + target + "\n" + headers.entrySet().stream()
                .filter(each -> !NOT_IN_TRANSCRIPT.contains(each.getKey()))
                .flatMap(each -> each.getValue().stream().map(value -> each.getKey() + ": " + value + "\n"))
                .collect(Collectors.joining()) + "\n" + body;
    }

    /** The parameters of the query, decoded; {@code null} if one comes twice. */
    @Nullable Map<String, String> query() {
        int mark = target.indexOf('?');
        return Forms.decode(mark < 0 ? "" : target.substring(mark + 1));
    }

    String path() {
        return target.replaceFirst("\\?.*", "");
    }

    @Override
    public String toString() {
        return "RecordedHostRequest[" + method + " " + target + ", time=" + time + "]";
    }
}
