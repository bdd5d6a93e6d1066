package dev.monocred.internal.managedidentity;

import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.internal.http.HttpFailure;
import reactor.core.publisher.Mono;

/** One kind of host: how to ask it, and what its answers mean. {@link HostTokenSource} does what they have in common. */
interface ManagedIdentitySource {

    /** How people call it, as in {@code App Service}. */
    String host();

    /** What is tried again, and how long all of it may take. */
    default HostRetryRule rule() {
        return HostRetryRule.LOCAL;
    }

    /**
     * Makes one attempt, from what it reads to the whole answer. Subscribed once for each attempt, so that what rotates is
     * read anew. Never blocks. Fails with {@link HttpFailure}, which may be tried again, or with the credential's own error.
     */
    Mono<RawAnswer> attempt(ResourceRequest request);

    /** What has to be settled before the first attempt of an acquisition; fails if the host cannot be asked. */
    default Mono<Void> prepare() {
        return Mono.empty();
    }

    /** Whether the host is certain to be there, so that silence is an outage and worth another attempt. */
    default boolean isKnownToExist() {
        return true;
    }

    /** Whether this answer means that there is no such host or no identity here, so that a chain goes on. */
    default boolean isAbsence(TokenAnswer answer) {
        return false;
    }

    /** Whether this silence means so. */
    default boolean isAbsence(HttpFailure failure) {
        return false;
    }

    /** What to do, as a sentence without its full stop. */
    default String remedy() {
        return "Check that " + host() + " has the identity that is asked for, and that the resource exists";
    }
}
