package dev.monocred.internal.entra;

import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.OAuthParameters;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.core.oauth.TokenRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes what we sent as a secret out of what a server says about it: some servers quote the request in the error (F-9). */
record Redaction(List<String> secrets) {

    private static final Set<String> SECRET = Set.of(OAuthParameters.CLIENT_SECRET, OAuthParameters.CLIENT_ASSERTION,
            OAuthParameters.ASSERTION, OAuthParameters.CODE, OAuthParameters.CODE_VERIFIER, OAuthParameters.REFRESH_TOKEN,
            OAuthParameters.DEVICE_CODE, OAuthParameters.PASSWORD);

    /** Anything shorter occurs in ordinary words. */
    private static final int SHORTEST = 4;

    static Redaction of(TokenRequest request) {
        return new Redaction(Stream.of(request.authentication().parameters(), request.grant().parameters())
                .flatMap(fields -> fields.entrySet().stream())
                .filter(field -> SECRET.contains(field.getKey()) && field.getValue().length() >= SHORTEST)
                .map(Map.Entry::getValue)
                .toList());
    }

    TokenAnswer apply(TokenAnswer answer) {
        return answer instanceof Refused refused
                ? new Refused(apply(refused.error()), refused.isTransient(), refused.retryAfter()) : answer;
    }

    private EntraError apply(EntraError error) {
        return EntraError.builder(error.httpStatus())
                .error(apply(error.error()))
                .errorDescription(apply(error.errorDescription()))
                .errorCodes(error.errorCodes())
                .suberror(apply(error.suberror()))
                .claims(apply(error.claims()))
                .correlationId(apply(error.correlationId()))
                .traceId(apply(error.traceId()))
                .timestamp(apply(error.timestamp()))
                .build();
    }

    private @Nullable String apply(@Nullable String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean == null ? null : clean.replace(secret, "***");
        }
        return clean;
    }

    @Override
    public String toString() {
        return "Redaction";
    }
}
