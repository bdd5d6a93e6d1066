package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The people who enter device codes at a {@link FakeEntra}. At first everybody signs in as soon as a code is given out; after
 * {@link #hesitate()} codes are pending until {@link #approve(String)} or {@link #decline(String)}. Who asks sooner than the
 * interval allows is told to slow down, by the fake's clock; a code is good for one sign-in.
 *
 * <p>Safe for use by several threads.
 */
public final class FakeDevices {

    static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration USUAL_LIFETIME = Duration.ofMinutes(15);
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);

    private enum State { PENDING, APPROVED, DECLINED, USED }

    private final Supplier<Instant> now;
    private final Map<String, Device> byDeviceCode = new ConcurrentHashMap<>();
    private final List<RecordedTokenRequest> requests = new CopyOnWriteArrayList<>();
    private volatile State first = State.APPROVED;
    private volatile @Nullable Duration interval = USUAL_INTERVAL;
    private volatile Duration lifetime = USUAL_LIFETIME;

    /** A code that was given out. */
    private static final class Device {
        private final String userCode;
        private final RecordedTokenRequest request;
        private final Instant end;
        private volatile State state;
        private volatile Duration pause;
        private volatile @Nullable Instant lastAsked;

        Device(String userCode, RecordedTokenRequest request, Instant end, State state, Duration pause) {
            this.userCode = userCode;
            this.request = request;
            this.end = end;
            this.state = state;
            this.pause = pause;
        }
    }

    FakeDevices(Supplier<Instant> now) {
        this.now = now;
    }

    /**
     * Makes people slow: codes given out from now on are pending until somebody decides.
     *
     * @return these people
     */
    public FakeDevices hesitate() {
        first = State.PENDING;
        return this;
    }

    /**
     * Somebody enters a code and signs in.
     *
     * @param userCode the code
     * @return these people
     * @throws IllegalArgumentException if no such code was given out
     */
    public FakeDevices approve(String userCode) {
        device(userCode).state = State.APPROVED;
        return this;
    }

    /**
     * Somebody enters a code and says no.
     *
     * @param userCode the code
     * @return these people
     * @throws IllegalArgumentException if no such code was given out
     */
    public FakeDevices decline(String userCode) {
        device(userCode).state = State.DECLINED;
        return this;
    }

    private Device device(String userCode) {
        return byDeviceCode.values().stream().filter(device -> device.userCode.equals(userCode)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such code was given out: " + userCode));
    }

    /**
     * Sets how long codes live that are given out from now on; 15 minutes at first.
     *
     * @param lifetime how long, in whole seconds
     * @return these people
     */
    public FakeDevices lifetime(Duration lifetime) {
        this.lifetime = requireNonNull(lifetime, "lifetime");
        return this;
    }

    /**
     * Sets how often devices may ask; every 5 seconds at first.
     *
     * @param interval how long between two questions, in whole seconds; {@code null} for an answer that does not say, as
     *     other servers give it, and that means 5 seconds
     * @return these people
     */
    public FakeDevices interval(@Nullable Duration interval) {
        this.interval = interval;
        return this;
    }

    /**
     * Every request for codes.
     *
     * @return the requests in the order of arrival; a snapshot
     */
    public List<RecordedTokenRequest> requests() {
        return List.copyOf(requests);
    }

    /** Gives out codes. */
    ObjectNode issue(RecordedTokenRequest request, String authority) {
        requests.add(request);
        String deviceCode = "invented-device-code-" + UUID.randomUUID();
        String userCode = UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
        Duration pause = interval;
        byDeviceCode.put(deviceCode, new Device(userCode, request, now.get().plus(lifetime), first,
                pause == null ? USUAL_INTERVAL : pause));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("user_code", userCode).put("device_code", deviceCode)
                .put("verification_uri", authority + "/devicelogin").put("expires_in", lifetime.toSeconds())
                .put("message", "To sign in, open " + authority + "/devicelogin and enter " + userCode + ".");
        return pause == null ? json : json.put("interval", pause.toSeconds());
    }

    /** Answers a device that asks: why not, or {@code null} if somebody signed in. */
    @Nullable Refusal ask(RecordedTokenRequest request) {
        Device device = byDeviceCode.get(request.form().getOrDefault("device_code", ""));
        if (device == null || device.state == State.USED
                || !device.request.form().getOrDefault("client_id", "").equals(request.field("client_id"))) {
            return refusal("bad_verification_code", 70018, "Invalid verification code. The device code is not known.");
        }
        if (!now.get().isBefore(device.end)) {
            return refusal("expired_token", 70020, "The device code has expired.");
        }
        boolean isTooSoon = device.lastAsked != null && now.get().isBefore(device.lastAsked.plus(device.pause));
        device.lastAsked = now.get();
        if (isTooSoon) {
            device.pause = device.pause.plus(USUAL_INTERVAL);
            return refusal("slow_down", 70016, "The device asks too often.");
        }
        return switch (device.state) {
            case PENDING -> refusal("authorization_pending", 70016, "The person has not yet signed in.");
            case DECLINED -> refusal("authorization_declined", 65004, "The person declined to sign in.");
            default -> {
                device.state = State.USED;
                yield null;
            }
        };
    }

    /** The question of a device has no scopes of its own: those count that the codes were asked for with. */
    RecordedTokenRequest withScopes(RecordedTokenRequest request) {
        Device device = byDeviceCode.get(request.form().getOrDefault("device_code", ""));
        return device == null || request.field("scope") != null ? request
                : request.with("scope", device.request.form().getOrDefault("scope", ""));
    }

    private static Refusal refusal(String error, long code, String sentence) {
        return new Refusal(400, error, code, sentence, Map.of());
    }

    @Override
    public String toString() {
        return "FakeDevices[" + requests.size() + " codes given out]";
    }
}
