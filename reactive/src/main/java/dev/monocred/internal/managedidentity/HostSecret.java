package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.oauth.RawAnswer;
import java.util.regex.Pattern;

/**
 * What proves to a host that we run on it. Read for each attempt, because hosts rotate it. Prints nothing of it.
 *
 * @param value goes into a header
 */
record HostSecret(String value) {

    private static final int OK = 200;
    private static final Pattern SENDABLE = Pattern.compile("[ -~]+");

    /** Reads it from a variable; the error names that and never the value. */
    static HostSecret read(Machine machine, String variable) {
        String value = machine.variable(variable);
        if (value == null || !SENDABLE.matcher(value).matches()) {
            throw HostErrors.failed("the variable " + variable + (value == null ? " is not set any longer"
                    : " holds characters that a header cannot have"), "The host sets it; do not change it", Details.NONE);
        }
        return new HostSecret(value);
    }

    /** Takes it out of what the host says when it refuses: some quote the request. */
    RawAnswer hide(RawAnswer answer) {
        return answer.status() == OK ? answer : new RawAnswer(answer.status(), answer.headers(),
                new String(answer.body(), UTF_8).replace(value, "***").getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "HostSecret";
    }
}
