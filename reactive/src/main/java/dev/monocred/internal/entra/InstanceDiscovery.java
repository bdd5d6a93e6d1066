package dev.monocred.internal.entra;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.EntraError;
import dev.monocred.core.TimeSource;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenResponseParser;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.runtime.SharedRuntime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Asks Microsoft whether an authority that we do not know is one of its clouds, before a secret goes there (entra.md 1.6).
 * One question per host and process at a time, whoever asks; the answer holds for a day. A question that gets no answer
 * stops nobody: it is logged, and asked again after some minutes.
 *
 * <p>A subscriber that leaves does not end the question, which ends by itself within its limit.
 */
public final class InstanceDiscovery {

    static final Duration LIMIT = Duration.ofSeconds(5);
    static final Duration KNOWN_FOR = Duration.ofHours(24);
    static final Duration UNANSWERED_FOR = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(InstanceDiscovery.class);

    private final SharedRuntime.Lease runtime;
    private final HttpExchange http;
    private final ClientHeaders headers;
    private final TimeSource time;
    private final Scheduler timer;

    /**
     * Makes a discovery; nothing is asked.
     *
     * @param runtime whose memory is shared by all credentials of the process
     * @param http sends
     * @param headers of each request
     * @param time dates the answers
     * @param timer counts the limit of a question
     */
    public InstanceDiscovery(SharedRuntime.Lease runtime, HttpExchange http, ClientHeaders headers, TimeSource time,
            Scheduler timer) {
        this.runtime = runtime;
        this.http = http;
        this.headers = headers;
        this.time = time;
        this.timer = timer;
    }

    /**
     * Lets an authority pass, or fails because Microsoft does not know it.
     *
     * @param credential whose name stands first in the error
     * @param authority the authority
     * @param tenant stands in the question
     * @return completes, or fails with {@link ClientAuthenticationException}
     */
    Mono<Void> check(String credential, Authority authority, String tenant) {
        return Mono.defer(() -> answer(authority, tenant)).flatMap(answer -> answer.refusal == null ? Mono.empty()
                : Mono.error(unknown(credential, authority, answer.refusal)));
    }

    /** What all credentials know. */
    private static final class Memory {
        private final ConcurrentMap<String, Answer> answers = new ConcurrentHashMap<>();
        private final ConcurrentMap<String, Mono<Answer>> questions = new ConcurrentHashMap<>();
    }

    /** An answer, and how long it holds from when. */
    private record Answer(@Nullable EntraError refusal, Duration holds, long wallMillis) {

        // A clock that was set back ends it too: asking once more does no harm.
        boolean holds(long now) {
            long age = now - wallMillis;
            return age >= 0 && age < holds.toMillis();
        }
    }

    private Mono<Answer> answer(Authority authority, String tenant) {
        Memory memory = runtime.shared(Memory.class, Memory::new);
        Answer known = memory.answers.get(authority.host());
        return known != null && known.holds(time.wallMillis()) ? Mono.just(known)
                : memory.questions.computeIfAbsent(authority.host(), host -> question(memory, authority, tenant));
    }

    private Mono<Answer> question(Memory memory, Authority authority, String tenant) {
        return http.send(HttpCall.get(authority.instanceDiscoveryEndpoint(tenant), headers.get()))
                .map(raw -> read(raw, authority))
                .timeout(LIMIT, timer)
                .onErrorResume(Exception.class, error -> Mono.just(unanswered(authority, error.toString())))
                .doOnNext(answer -> {
                    memory.answers.put(authority.host(), answer);
                    memory.questions.remove(authority.host());
                })
                // Not a cache of the answer: this instance leaves the map with it.
                .cache();
    }

    private Answer read(RawAnswer raw, Authority authority) {
        ObjectNode body = raw.status() == 200 ? Json.object(raw.body()) : null;
        if (body != null && body.path("tenant_discovery_endpoint").isTextual()) {
            return new Answer(null, KNOWN_FOR, time.wallMillis());
        }
        return TokenResponseParser.parse(raw, Instant.EPOCH) instanceof Refused refused
                && "invalid_instance".equals(refused.error().error())
                ? new Answer(refused.error(), Duration.ZERO, time.wallMillis())
                : unanswered(authority, "status " + raw.status());
    }

    private Answer unanswered(Authority authority, String why) {
        LOG.warn("Instance discovery for {} gave no answer ({}); going on without", authority.host(), why);
        return new Answer(null, UNANSWERED_FOR, time.wallMillis());
    }

    private static ClientAuthenticationException unknown(String credential, Authority authority, EntraError refusal) {
        return new ClientAuthenticationException(TokenErrors.sentence(credential,
                "Microsoft Entra does not know the authority host " + authority.host() + " (invalid_instance)",
                "Check the authority host; if it is right and not Microsoft's, set disableInstanceDiscovery(true)",
                refusal.correlationId()), null, Details.NONE.withEntraError(refusal));
    }
}
