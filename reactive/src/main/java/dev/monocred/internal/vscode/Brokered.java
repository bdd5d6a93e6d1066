package dev.monocred.internal.vscode;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.tool.ToolText;
import dev.monocred.spi.TokenBroker;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One question to the application's broker. It is the application's code: whatever it does wrong ends in one sentence, in which
 * nothing is quoted that could be a token.
 */
record Brokered(String credential, TokenBroker broker, AuthenticationRecord record, TokenRequestContext request) {

    private static final int MAX_CAUSES = 16;

    Mono<AccessToken> token() {
        return Mono.defer(() -> broker.getToken(record, request))
                .onErrorMap(this::failed)
                .switchIfEmpty(Mono.error(() -> new ClientAuthenticationException(TokenErrors.sentence(credential,
                        "the application's TokenBroker gave no token", "It must emit one or an error", null), null,
                        Details.NONE.withTransient(true))));
    }

    private ClientAuthenticationException failed(Throwable error) {
        if (error instanceof CredentialUnavailableException known) {
            return new CredentialUnavailableException(sentence(credential + " is unavailable", "cannot be asked", error,
                    "Check that this machine has one"),
                    cause(error), known.details());
        }
        // What is no answer of a broker, but its failure to ask, may pass.
        Details details = error instanceof ClientAuthenticationException known ? known.details() : Details.NONE.withTransient(true);
        return new ClientAuthenticationException(sentence(credential, "gave no token", error,
                "Sign in to Azure in Visual Studio Code again"), cause(error), details);
    }

    private static String sentence(String subject, String did, Throwable error, String remedy) {
        String message = shown(error);
        String what = message.isEmpty() ? error.getClass().getSimpleName() : message.replaceFirst("\\.+$", "");
        return TokenErrors.sentence(subject, "the broker " + did + ": " + what, remedy + ", " + VisualStudioCodeSource.OR_INSTEAD, null);
    }

    private static String shown(Throwable error) {
        return ToolText.shown(plain(error), "");
    }

    private static String plain(Throwable error) {
        return Objects.requireNonNullElse(error.getMessage(), "").replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    /** An exception that had to be cleaned must not come back with its stack trace. */
    private static @Nullable Throwable cause(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES)
                .allMatch(each -> isShown(each)) ? error : null;
    }

    private static boolean isShown(Throwable error) {
        return shown(error).equals(plain(error));
    }

    @Override
    public String toString() {
        return "Brokered";
    }
}
