package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds in the {@code WWW-Authenticate} headers of a 401 which claims the resource wants.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1">RFC 9110, section 11.6.1</a>
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/claims-challenge">Claims challenges</a>
 */
public final class ClaimsChallenge {

    /** The second is what older versions of Azure Resource Manager say. */
    private static final Set<String> ERRORS = Set.of("insufficient_claims", "invalid_token");

    private ClaimsChallenge() {}

    /**
     * Reads the headers.
     *
     * @param wwwAuthenticateHeaders the values in order; each may hold several challenges
     * @return the JSON object of the first usable challenge, or {@code null} if there is none
     */
    public static @Nullable String parse(List<String> wwwAuthenticateHeaders) {
        return wwwAuthenticateHeaders.stream()
                .map(header -> new Scanner(header).claims())
                .filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static @Nullable String claims(String scheme, Map<String, String> parameters) {
        String claims = parameters.get("claims");
        return scheme.equalsIgnoreCase("Bearer") && claims != null
                && ERRORS.contains(parameters.getOrDefault("error", "")) ? decode(claims) : null;
    }

    private static @Nullable String decode(String base64) {
        try {
            // Both alphabets, with or without padding: the basic decoder does without.
            byte[] json = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/').replaceAll("=+$", ""));
            return Json.object(json) == null ? null : new String(json, UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** One pass over one header. A word before {@code =} is a parameter, any other word starts a challenge. */
    private static final class Scanner {

        private final String header;
        private int at;

        Scanner(String header) {
            this.header = header;
        }

        @Nullable String claims() {
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            while (skip(" \t,")) {
                String word = until(" \t,=\"");
                skip(" \t");
                if (next() == '=') {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), next() == '"' ? quoted() : until(" \t,"));
                } else if (word.isEmpty()) {
                    quoted();
                } else {
                    String found = ClaimsChallenge.claims(scheme, parameters);
                    if (found != null) {
                        return found;
                    }
                    scheme = word;
                    parameters.clear();
                }
            }
            return ClaimsChallenge.claims(scheme, parameters);
        }

        private char next() {
            return at < header.length() ? header.charAt(at) : 0;
        }

        private boolean skip(String these) {
            while (at < header.length() && these.indexOf(header.charAt(at)) >= 0) {
                at++;
            }
            return at < header.length();
        }

        private String until(String these) {
            int start = at;
            while (at < header.length() && these.indexOf(header.charAt(at)) < 0) {
                at++;
            }
            return header.substring(start, at);
        }

        private String quoted() {
            StringBuilder text = new StringBuilder();
            for (at++; at < header.length() && header.charAt(at) != '"'; at++) {
                if (header.charAt(at) == '\\' && at + 1 < header.length()) {
                    at++;
                }
                text.append(header.charAt(at));
            }
            at++;
            return text.toString();
        }
    }
}
