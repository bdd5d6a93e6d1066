package dev.monocred;

import java.time.Instant;

/** What a person needs to sign in on another device. Immutable; {@link #toString()} hides the code. */
public final class DeviceCodeInfo {

    private final String verificationUri;
    private final String userCode;
    private final Instant expiresAt;
    private final String message;

    DeviceCodeInfo(String verificationUri, String userCode, Instant expiresAt, String message) {
        this.verificationUri = verificationUri;
        this.userCode = userCode;
        this.expiresAt = expiresAt;
        this.message = message;
    }

    /**
     * The page to open, in a browser anywhere.
     *
     * @return its address
     */
    public String verificationUri() {
        return verificationUri;
    }

    /**
     * What to enter there.
     *
     * @return the code
     */
    public String userCode() {
        return userCode;
    }

    /**
     * Until when the code is good.
     *
     * @return the instant
     */
    public Instant expiresAt() {
        return expiresAt;
    }

    /**
     * All of it in one sentence, in the authority's words.
     *
     * @return the sentence
     */
    public String message() {
        return message;
    }

    @Override
    public String toString() {
        return "DeviceCodeInfo[verificationUri=" + verificationUri + ", expiresAt=" + expiresAt + "]";
    }
}
