package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.internal.runtime.SmallFile;
import dev.monocred.internal.runtime.SmallFile.Unusable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The token that a cluster projects into a file for its workloads. It is replaced while they run, so the file is read for each
 * exchange, on the io pool; if Entra finds it out of date it is read again, and what has changed is tried once more at once
 * (platform.md 13.2). No content ever reaches a message. Holds nothing; cancelling ends what is under way.
 */
public final class FederatedTokenFile implements AuthenticationProvider {

    /** Ten times the longest token that a cluster makes. */
    private static final int LARGEST = 64 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");
    /** Outside its time, and malformed: the file may be half replaced. */
    private static final List<Long> ABOUT_THE_TOKEN = List.of(700024L, 50027L);

    private final String credential;
    private final SmallFile file;
    private final Supplier<Scheduler> io;

    /**
     * Takes a file; nothing is read.
     *
     * @param credential whose name stands first in an error
     * @param file where the token is
     * @param io where files are read
     */
    public FederatedTokenFile(String credential, Path file, Supplier<Scheduler> io) {
        this.credential = credential;
        this.file = new SmallFile(file, LARGEST, "token");
        this.io = io;
    }

    @Override
    public Mono<Proof> prepare() {
        return Mono.defer(() -> Mono.fromCallable(this::token).subscribeOn(io.get()))
                .onErrorMap(RejectedExecutionException.class, rejected -> TokenErrors.saturated(credential,
                        "the federated token was not read", rejected))
                .map(token -> new Fixed(new ClientAuthentication.Assertion(token)));
    }

    @Override
    public boolean isWorthAnother(EntraError refusal) {
        return refusal.errorCodes().stream().anyMatch(ABOUT_THE_TOKEN::contains);
    }

    private String token() {
        String token = read().strip();
        if (!TOKEN.matcher(token).matches()) {
            throw unavailable(token.isEmpty() ? "is empty" : "holds something that is no token", null);
        }
        return token;
    }

    private String read() {
        try {
            return new String(file.read(), UTF_8);
        } catch (Unusable unusable) {
            throw unavailable(unusable.clause(), unusable.getCause());
        }
    }

    private CredentialUnavailableException unavailable(String what, @Nullable Throwable cause) {
        return new CredentialUnavailableException(TokenErrors.sentence(credential + " is unavailable",
                "the federated token file " + file.path() + " " + what, "In Kubernetes, label the pod azure.workload.identity/use:"
                + " \"true\" and check its service account; elsewhere, check the path of the file", null), cause, Details.NONE);
    }

    @Override
    public String toString() {
        return "FederatedTokenFile[" + file.path() + "]";
    }
}
