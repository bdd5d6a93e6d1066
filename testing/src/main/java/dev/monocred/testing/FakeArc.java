package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agent of Azure Arc, new enough to know user-assigned identities: the one of {@link FakeImds}. It writes real key files,
 * each good for one request, into a directory of its own that stands for the root of the file system. Strict; safe for use
 * by several threads; {@link #close()} it.
 */
public final class FakeArc extends FakeHost<FakeArc> {

    private static final String PATH = "/metadata/identity/oauth2/token";
    private static final String BASIC = "Basic ";
    private static final Map<String, String> IDENTITY = Map.of("client_id", FakeImds.CLIENT_ID, "object_id", FakeImds.OBJECT_ID,
            "msi_res_id", FakeImds.RESOURCE_ID);

    private final Path root;
    private final Path keys;
    private final Map<String, Path> valid = new ConcurrentHashMap<>();
    private final Queue<String> challenges = new ConcurrentLinkedQueue<>();
    private volatile boolean isOld;
    private volatile boolean isOpen;

    private FakeArc(TimeSource time) throws IOException {
        super(time, null);
        this.root = Files.createTempDirectory("fake-arc");
        this.keys = Files.createDirectories(root.resolve("var/opt/azcmagent/tokens"));
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeArc start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeArc start(TimeSource time) {
        try {
            return new FakeArc(time).started();
        } catch (IOException noDirectory) {
            throw new UncheckedIOException("cannot make a directory for key files", noDirectory);
        }
    }

    /**
     * Where the file system of the machine begins.
     *
     * @return a directory that is deleted at the end
     */
    public Path root() {
        return root;
    }

    /**
     * Where the agent writes key files.
     *
     * @return {@code /var/opt/azcmagent/tokens} below {@link #root()}
     */
    public Path keys() {
        return keys;
    }

    /**
     * Scripts the {@code WWW-Authenticate} header of the next challenges, one each; no key file is made for them.
     *
     * @param headers the values; an empty one leaves the header out
     * @return this fake
     */
    public FakeArc challenges(String... headers) {
        challenges.addAll(List.of(headers));
        return this;
    }

    /**
     * Makes this an agent that gives tokens to everybody, for a credential that looks for key files where the machine really
     * has them and not below {@link #root()}.
     *
     * @return this fake
     */
    public FakeArc asksForNoKey() {
        isOpen = true;
        return this;
    }

    /**
     * Makes this an agent that knows no user-assigned identities: it ignores which one is asked for.
     *
     * @return this fake
     */
    public FakeArc isOld() {
        isOld = true;
        return this;
    }

    @Override
    FakeArc self() {
        return this;
    }

    @Override
    Map<String, String> variables() {
        return Map.of("IDENTITY_ENDPOINT", url(PATH), "IMDS_ENDPOINT", url(""));
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals(PATH)) {
            return new Complaint(404, "not_found", "There is nothing here.");
        }
        if (!request.method().equals("GET")) {
            return new Complaint(405, "method_not_allowed", "The method is not allowed.");
        }
        if (!"true".equals(request.header("Metadata"))) {
            return new Complaint(400, "invalid_request", "Required metadata header not specified");
        }
        if (query == null || !"2020-06-01".equals(query.get("api-version")) || resource(request).isEmpty()) {
            return new Complaint(400, "invalid_request", "The query is not the one of version 2020-06-01");
        }
        String authorization = request.header("Authorization");
        if (authorization == null && !isOpen) {
            return challenge();
        }
        if (authorization != null && !(authorization.startsWith(BASIC) && takes(authorization.substring(BASIC.length())))) {
            return new Complaint(401, "unauthorized", "The key is wrong");
        }
        return isOld || FakeImds.isKnown(query, IDENTITY) ? null
                : new Complaint(404, "identity_not_found", "There is no such identity");
    }

    /** Each key is good for one request. */
    private boolean takes(String key) {
        Path file = valid.remove(key);
        if (file != null) {
            delete(file);
        }
        return file != null;
    }

    private Complaint challenge() {
        String scripted = challenges.poll();
        String header = scripted == null ? "Basic realm=" + newKey() : scripted;
        return new Complaint(401, "unauthorized", "A key is needed",
                header.isEmpty() ? Map.of() : Map.of("WWW-Authenticate", header));
    }

    /** As the agent names it: from the root of its file system. */
    private String newKey() {
        String key = UUID.randomUUID().toString();
        Path file = keys.resolve(UUID.randomUUID() + ".key");
        try {
            Files.writeString(file, key + "\n");
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
        valid.put(key, file);
        return "/" + root.relativize(file);
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        ObjectNode json = object().put("access_token", token).put("expires_in", Long.toString(lifetime.toSeconds()))
                .put("expires_on", Long.toString(end.getEpochSecond()))
                .put("not_before", Long.toString(end.minus(lifetime).getEpochSecond())).put("resource", resource(request))
                .put("token_type", "Bearer").put("refresh_token", "");
        Map<String, String> query = request.query();
        if (query != null && !isOld) {
            query.forEach((name, value) -> {
                if (IDENTITY.containsKey(name)) {
                    json.put(name, value);
                }
            });
        }
        return json;
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        return object().put("error", code).put("error_description", sentence);
    }

    /** Ends the server and deletes its files. */
    @Override
    public void close() {
        super.close();
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(FakeArc::delete);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException open) {
            throw new UncheckedIOException(open);
        }
    }
}
