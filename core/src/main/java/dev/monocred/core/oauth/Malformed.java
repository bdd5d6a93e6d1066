package dev.monocred.core.oauth;

/**
 * An answer that is neither a token nor a refusal: a captive portal, a redirect, a token without a lifetime. Not worth a
 * second attempt at once; it may pass by itself.
 *
 * @param status the HTTP status
 * @param reason one clause for a sentence, such as "it has no access_token"; never text of the answer
 */
public record Malformed(int status, String reason) implements TokenAnswer {}
