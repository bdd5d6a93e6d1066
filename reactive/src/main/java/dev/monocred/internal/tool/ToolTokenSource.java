package dev.monocred.internal.tool;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Command;
import dev.monocred.internal.process.ProcessFailure;
import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.source.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tokens from a command-line tool: one process each. The sentences that people see are written here, in the order of
 * developer-tools.md 8: what Entra said counts more than "please sign in", because a chain that went on after a refusal would
 * act as somebody else. Nothing of the standard output ever reaches a message. Cancelling kills the process.
 */
public final class ToolTokenSource implements TokenSource {

    /** As in Python. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final List<String> EVERY_TOOLS_VARIABLES = List.of("PATH", "HOME", "USERPROFILE", "HTTPS_PROXY",
            "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE");
    /** What shells say when a script of the tool names a program that is not there or may not be run. */
    private static final List<Integer> NOT_RUN = List.of(126, 127, 9009);
    private static final int KILLED = 128;

    private static final Pattern CORRELATION_ID = Pattern.compile("Correlation ID: ([0-9A-Fa-f-]{36})");
    private static final Pattern TRACE_ID = Pattern.compile("Trace ID: ([0-9A-Fa-f-]{36})");

    private final DeveloperTool tool;
    private final ProcessRunner runner;
    private final Function<String, @Nullable String> environment;
    private final TimeSource time;
    private final Duration timeout;

    /**
     * Asks a tool.
     *
     * @param tool which
     * @param runner starts it
     * @param environment looks up the variables that the tool gets
     * @param time the clock by which tokens end
     * @param timeout how long the tool may take
     */
    public ToolTokenSource(DeveloperTool tool, ProcessRunner runner, Function<String, @Nullable String> environment,
            TimeSource time, Duration timeout) {
        this.tool = tool;
        this.runner = runner;
        this.environment = environment;
        this.time = time;
        this.timeout = timeout;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return Mono.defer(() -> runner.run(command(request)))
                .map(result -> token(request, result))
                .onErrorMap(ProcessFailure.class, this::explained);
    }

    private Command command(TokenRequestContext request) {
        Map<String, String> variables = new HashMap<>();
        EVERY_TOOLS_VARIABLES.forEach(name -> variables.put(name, lookedUp(name)));
        tool.variables().forEach(name -> variables.put(name, lookedUp(name)));
        variables.putAll(tool.environment(request));
        return new Command(tool.program(), tool.arguments(request), variables, timeout);
    }

    private String lookedUp(String name) {
        String value = environment.apply(name);
        return value == null ? "" : value;
    }

    private AccessToken token(TokenRequestContext request, ProcessResult result) {
        String output = result.outputText();
        AccessToken token = result.exitCode() == 0
                ? tool.token(output, Instant.ofEpochMilli(time.wallMillis())) : null;
        if (token == null) {
            throw failure(request, result.exitCode(), output, result.errorText());
        }
        return token;
    }

    private ClientAuthenticationException failure(TokenRequestContext request, int exitCode, String output, String errors) {
        String missing = tool.missingPart(output, errors);
        if (missing != null) {
            return unavailable(missing);
        }
        String complaint = tool.complaint(errors);
        String everything = errors + '\n' + complaint + '\n' + output;
        List<Long> codes = ToolText.entraCodes(everything);
        String shown = ToolText.shown(complaint, output);
        String advice = tool.advice(request, everything);
        if (!codes.isEmpty()) {
            return new ClientAuthenticationException(tool.credential() + ": " + name() + " was refused a token: "
                    + ended(shown) + spaced(advice), null, Details.NONE.withEntraError(entraError(shown, codes)));
        }
        if (!advice.isEmpty()) {
            // Claims were sent: whatever the reason, a chain must not go on as somebody else.
            return new ClientAuthenticationException(failedWith(exitCode, shown) + spaced(advice), null, Details.NONE);
        }
        if (tool.isSignedOut(everything)) {
            return unavailable("nobody is signed in to " + name() + ". " + tool.howToSignIn(request));
        }
        if (NOT_RUN.contains(exitCode)) {
            return unavailable(name() + " is not completely installed" + (shown.isEmpty() ? "" : ": " + shown)
                    + ". Install it again.");
        }
        return new ClientAuthenticationException(exitCode == 0 ? unexpected() : failedWith(exitCode, shown), null,
                Details.NONE.withTransient(true));
    }

    private String unexpected() {
        return tool.credential() + ": " + name() + " ended without an error, but what it printed is not a token with its"
                + " end. Run it by hand to see what it prints, and keep that to yourself if it is a token.";
    }

    private String failedWith(int exitCode, String shown) {
        return tool.credential() + ": " + name()
                + (exitCode > KILLED ? " was killed (status " + exitCode + ")" : " failed with status " + exitCode)
                + (shown.isEmpty() ? " and did not say why." : ": " + ended(shown));
    }

    private ClientAuthenticationException explained(ProcessFailure failure) {
        String clause = name() + " gave no token: " + failure.getMessage() + ".";
        return switch (failure.reason()) {
            case NOT_FOUND -> unavailable(clause + " " + tool.howToInstall());
            case TIMED_OUT -> lasting(clause + " Run it by hand to see what it waits for, or give it more time with processTimeout.", failure);
            case TOO_MUCH_OUTPUT -> new ClientAuthenticationException(tool.credential() + ": " + clause, null,
                    Details.NONE.withTransient(true));
            case NOT_STARTED, SATURATED, INTERRUPTED -> lasting(clause + " Try again later.", failure);
        };
    }

    /** A chain goes on, and yet it may be different next time. */
    private CredentialUnavailableException lasting(String clause, ProcessFailure failure) {
        return new CredentialUnavailableException(tool.credential() + " is unavailable: " + clause, failure.getCause(),
                Details.NONE.withTransient(true));
    }

    private CredentialUnavailableException unavailable(String clause) {
        return new CredentialUnavailableException(tool.credential() + " is unavailable: " + clause, null, Details.NONE);
    }

    private String name() {
        return tool.program().name();
    }

    private static EntraError entraError(String shown, List<Long> codes) {
        return EntraError.builder(0).errorDescription(shown).errorCodes(codes)
                .correlationId(found(CORRELATION_ID, shown)).traceId(found(TRACE_ID, shown)).build();
    }

    private static @Nullable String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String ended(String sentence) {
        return sentence.isEmpty() || sentence.endsWith(".") ? sentence : sentence + ".";
    }

    private static String spaced(String sentence) {
        return sentence.isEmpty() ? "" : " " + sentence;
    }
}
