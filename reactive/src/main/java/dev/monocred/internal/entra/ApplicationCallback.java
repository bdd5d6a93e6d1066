package dev.monocred.internal.entra;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Code of the application that gives us a secret or an assertion. It is called on the io pool, because it may block in spite
 * of the rules, and everything it can do wrong ends in one sentence within the limit (A-7, fault 63). Its own message is not
 * quoted: it may hold what it was asked for.
 *
 * @param credential whose name stands first in an error
 * @param what it gives, as in {@code client secret}
 * @param supplier the code
 * @param io where it is called
 * @param limit how long it may take
 * @param timer counts the limit
 */
public record ApplicationCallback(String credential, String what, Supplier<Mono<String>> supplier, Supplier<Scheduler> io,
        Duration limit, Scheduler timer) {

    /** Calls it anew for each subscription; emits a text that is not blank. */
    Mono<String> text() {
        return Mono.defer(() -> {
            AtomicBoolean isCalled = new AtomicBoolean();
            return call(isCalled)
                    .subscribeOn(io.get())
                    .onErrorMap(error -> failed(error, isCalled.get()))
                    .defaultIfEmpty("")
                    .timeout(limit, Mono.error(() -> late(isCalled.get())), timer)
                    .flatMap(text -> text.isBlank() ? Mono.error(failure("gave no " + what, null)) : Mono.just(text));
        });
    }

    private Mono<String> call(AtomicBoolean isCalled) {
        return Mono.defer(() -> {
            isCalled.set(true);
            return supplier.get();
        });
    }

    private ClientAuthenticationException failed(Throwable error, boolean isCalled) {
        if (error instanceof ClientAuthenticationException known) {
            return passedOn(known);
        }
        return error instanceof RejectedExecutionException && !isCalled ? saturated()
                : failure("failed with " + error.getClass().getSimpleName(), error);
    }

    /** Another credential's failure, which says itself what to do and never a secret: it stays what it is (platform.md 16). */
    private ClientAuthenticationException passedOn(ClientAuthenticationException known) {
        boolean isUnavailable = known instanceof CredentialUnavailableException;
        String message = credential + (isUnavailable ? " is unavailable" : "") + ": there is no " + what + ". " + known.getMessage();
        return isUnavailable ? new CredentialUnavailableException(message, known, known.details())
                : new ClientAuthenticationException(message, known, known.details());
    }

    private ClientAuthenticationException late(boolean isCalled) {
        return isCalled ? failure("gave no " + what + " within " + limit.toSeconds() + " s", null) : saturated();
    }

    private ClientAuthenticationException failure(String did, @Nullable Throwable cause) {
        return transientError("the application's supplier of the " + what + " " + did,
                "Check that the supplier returns a Mono that emits a text", cause);
    }

    private ClientAuthenticationException saturated() {
        return transientError("the blocking scheduler is saturated, so the application's supplier of the " + what
                + " was not called within " + limit.toSeconds() + " s", "Check that no supplier blocks for long", null);
    }

    private ClientAuthenticationException transientError(String came, String remedy, @Nullable Throwable cause) {
        return new ClientAuthenticationException(TokenErrors.sentence(credential, came, remedy, null), cause,
                Details.NONE.withTransient(true));
    }

    @Override
    public String toString() {
        return "ApplicationCallback[" + what + "]";
    }
}
