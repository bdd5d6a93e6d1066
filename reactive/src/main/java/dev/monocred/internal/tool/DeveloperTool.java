package dev.monocred.internal.tool;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Program;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between command-line tools. Implementations are immutable and pure: they start nothing and read no file. */
public sealed interface DeveloperTool permits AzureCli, AzureDeveloperCli, AzurePowerShell {

    /** The simple name of the credential's class: every sentence begins with it. */
    String credential();

    /** What is started. Its name is what a sentence calls it, with the article if it has one. */
    Program program();

    /** Variables that the tool reads: it gets them as the credential's {@code environment} has them. */
    Set<String> variables();

    /** Where the tool notes who is signed in. */
    AccountFolder account();

    /**
     * Checks a request before anything is started, and brings it into the form that the tool takes.
     *
     * @throws IllegalArgumentException if a scope or tenant could be taken for something else on a command line
     * @throws ClientAuthenticationException if the tool cannot do what is asked for
     */
    TokenRequestContext admit(TokenRequestContext request);

    /** The arguments for an admitted request. */
    List<String> arguments(TokenRequestContext request);

    /** What is added to the tool's environment for an admitted request; an empty value removes a variable. */
    Map<String, String> environment(TokenRequestContext request);

    /** Reads the token out of what the tool printed, or {@code null} if there is none. */
    @Nullable AccessToken token(String output, Instant now);

    /** The part of its complaints that says what happened, as one line or more. */
    String complaint(String errors);

    /** Whether the tool says that nobody is signed in. Asked only if Entra said nothing. */
    boolean isSignedOut(String errors);

    /** What else than a sign-in the tool lacks, as a sentence with the remedy; {@code null} if nothing. */
    default @Nullable String missingPart(String output, String errors) {
        return null;
    }

    /** What to do when the program is not there: a sentence. */
    String howToInstall();

    /** What to do when nobody is signed in: a sentence. */
    String howToSignIn(TokenRequestContext request);

    /** What to do besides what the tool says itself, when a token was refused: a sentence, or nothing. */
    default String advice(TokenRequestContext request, String errors) {
        return "";
    }

    /**
     * A folder of notes.
     *
     * @param variable names the folder, or {@code null} if none does
     * @param belowHome else it is here, in the home directory
     * @param files the notes that change with the account; not the token cache, which the tool rewrites all the time
     */
    record AccountFolder(@Nullable String variable, String belowHome, List<String> files) {}
}
