package dev.monocred.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the authority said when it refused. Immutable. Entra's own numbers may change: show them and search for them, but
 * do not branch on them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749, section 5.2</a>
 */
public final class EntraError {

    private final Builder parts;

    private EntraError(Builder parts) {
        this.parts = parts;
    }

    /**
     * Starts an error.
     *
     * @param httpStatus the status line's number
     * @return a builder without any other part
     */
    public static Builder builder(int httpStatus) {
        return new Builder(httpStatus);
    }

    /**
     * The status of the HTTP answer.
     *
     * @return its number; 0 if a browser brought the answer
     */
    public int httpStatus() {
        return parts.httpStatus;
    }

    /**
     * The OAuth error code, for example {@code invalid_client}.
     *
     * @return the code, or {@code null} if the answer had none
     */
    public @Nullable String error() {
        return parts.error;
    }

    /**
     * The authority's sentence, at most 1 KiB of it.
     *
     * @return the text, or {@code null}
     */
    public @Nullable String errorDescription() {
        return parts.errorDescription;
    }

    /**
     * Entra's own numbers, the digits of {@code AADSTS…}.
     *
     * @return the numbers, possibly none; unmodifiable
     */
    public List<Long> errorCodes() {
        return parts.errorCodes;
    }

    /**
     * The finer reason, for example {@code consent_required}.
     *
     * @return the reason, or {@code null}
     */
    public @Nullable String suberror() {
        return parts.suberror;
    }

    /**
     * The claims that a new token must satisfy; a web API hands them to its caller.
     *
     * @return a JSON object as text, or {@code null}
     */
    public @Nullable String claims() {
        return parts.claims;
    }

    /**
     * The id to quote to Microsoft's support.
     *
     * @return the id, or {@code null}
     */
    public @Nullable String correlationId() {
        return parts.correlationId;
    }

    /**
     * The id of this one answer.
     *
     * @return the id, or {@code null}
     */
    public @Nullable String traceId() {
        return parts.traceId;
    }

    /**
     * When the authority answered, in its own words.
     *
     * @return the text, or {@code null}
     */
    public @Nullable String timestamp() {
        return parts.timestamp;
    }

    @Override
    public String toString() {
        return "EntraError[httpStatus=" + httpStatus() + ", error=" + error() + ", errorCodes=" + errorCodes()
                + ", suberror=" + suberror() + ", correlationId=" + correlationId() + ", traceId=" + traceId() + "]";
    }

    /** Collects the parts of an {@link EntraError}; every part is optional. */
    public static final class Builder {

        private static final int MAX_DESCRIPTION = 1024;

        private final int httpStatus;
        private @Nullable String error;
        private @Nullable String errorDescription;
        private List<Long> errorCodes = List.of();
        private @Nullable String suberror;
        private @Nullable String claims;
        private @Nullable String correlationId;
        private @Nullable String traceId;
        private @Nullable String timestamp;

        private Builder(int httpStatus) {
            this.httpStatus = httpStatus;
        }

        private Builder(Builder other) {
            this.httpStatus = other.httpStatus;
            this.error = other.error;
            this.errorDescription = other.errorDescription;
            this.errorCodes = other.errorCodes;
            this.suberror = other.suberror;
            this.claims = other.claims;
            this.correlationId = other.correlationId;
            this.traceId = other.traceId;
            this.timestamp = other.timestamp;
        }

        /**
         * Sets the OAuth error code.
         *
         * @param error the code, or {@code null}
         * @return this builder
         */
        public Builder error(@Nullable String error) {
            this.error = error;
            return this;
        }

        /**
         * Sets the authority's sentence; what is longer than 1 KiB is cut.
         *
         * @param errorDescription the text, or {@code null}
         * @return this builder
         */
        public Builder errorDescription(@Nullable String errorDescription) {
            this.errorDescription = errorDescription == null || errorDescription.length() <= MAX_DESCRIPTION
                    ? errorDescription : errorDescription.substring(0, MAX_DESCRIPTION) + "…";
            return this;
        }

        /**
         * Sets Entra's own numbers.
         *
         * @param errorCodes the numbers
         * @return this builder
         */
        public Builder errorCodes(List<Long> errorCodes) {
            this.errorCodes = List.copyOf(requireNonNull(errorCodes, "errorCodes"));
            return this;
        }

        /**
         * Sets the finer reason.
         *
         * @param suberror the reason, or {@code null}
         * @return this builder
         */
        public Builder suberror(@Nullable String suberror) {
            this.suberror = suberror;
            return this;
        }

        /**
         * Sets the claims that a new token must satisfy.
         *
         * @param claims a JSON object as text, or {@code null}
         * @return this builder
         */
        public Builder claims(@Nullable String claims) {
            this.claims = claims;
            return this;
        }

        /**
         * Sets the id to quote to Microsoft's support.
         *
         * @param correlationId the id, or {@code null}
         * @return this builder
         */
        public Builder correlationId(@Nullable String correlationId) {
            this.correlationId = correlationId;
            return this;
        }

        /**
         * Sets the id of this one answer.
         *
         * @param traceId the id, or {@code null}
         * @return this builder
         */
        public Builder traceId(@Nullable String traceId) {
            this.traceId = traceId;
            return this;
        }

        /**
         * Sets when the authority answered.
         *
         * @param timestamp the authority's own text, or {@code null}
         * @return this builder
         */
        public Builder timestamp(@Nullable String timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        /**
         * Makes the error.
         *
         * @return an immutable error; this builder can be used again
         */
        public EntraError build() {
            return new EntraError(new Builder(this));
        }
    }
}
