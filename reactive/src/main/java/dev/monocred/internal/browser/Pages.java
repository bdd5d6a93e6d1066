package dev.monocred.internal.browser;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.EntraError;
import dev.monocred.internal.browser.Page.Mark;

/** What a person is told when the browser comes back: one page for each way a sign-in can end. */
final class Pages {

    private static final String GO_BACK = "You can close this window and go back to your application.";

    private Pages() {}

    /** The token is there, not only the code: nobody is told of a success that then fails. */
    static Page signedIn() {
        return new Page(200, Mark.DONE, "You are signed in", GO_BACK);
    }

    /** The application no longer waits: cancelled, closed. */
    static Page nobodyWaits() {
        return new Page(410, Mark.ODD, "The application stopped waiting",
                "Nothing is wrong with your account. Start the sign-in again in your application if you still need it.");
    }

    /** Some page that is not the one we opened, or one that was left over from an earlier time. */
    static Page anotherSignIn() {
        return new Page(400, Mark.ODD, "This is not the sign-in under way",
                "It may be a page from an earlier one. Go on in the newest sign-in window, or start again in your application.");
    }

    /** Whatever else is asked of the port. */
    static Page nothingHere(int status) {
        return new Page(status, Mark.ODD, "There is nothing here",
                "This address of your own computer only receives the answer of a sign-in.");
    }

    /** Why there is no token. */
    static Page failed(Throwable failure) {
        EntraError said = failure instanceof ClientAuthenticationException refused ? refused.entraError() : null;
        Page page = said != null && said.httpStatus() == 0 ? refused(said)
                : new Page(502, Mark.STOPPED, "You signed in, but something went wrong after that",
                        "Your application got no access. It knows why; go back to it, or try again in a moment.");
        return said == null ? page : detailed(page, said);
    }

    private static Page refused(EntraError said) {
        return switch (String.valueOf(said.error())) {
            case "access_denied" -> new Page(403, Mark.STOPPED, "You did not sign in",
                    "Nothing was shared with the application. If that was a slip, start the sign-in there once more.");
            case "login_required", "interaction_required", "consent_required" -> new Page(403, Mark.STOPPED,
                    "One more step is needed", "Start the sign-in again in your application and follow the steps on screen.");
            case "temporarily_unavailable", "server_error" -> new Page(503, Mark.STOPPED,
                    "The sign-in service is busy", "It is not you. Try again in a few minutes.");
            default -> new Page(403, Mark.STOPPED, "The sign-in was refused",
                    "The details below tell why; the people who look after your application can use them.");
        };
    }

    private static Page detailed(Page page, EntraError said) {
        Page detailed = said.error() == null ? page : page.with("Error", said.error());
        detailed = said.errorDescription() == null ? detailed
                : detailed.with("Reason", said.errorDescription().replaceFirst("\\s*Trace ID: .*$", ""));
        return said.correlationId() == null ? detailed : detailed.with("Correlation id", said.correlationId());
    }
}
