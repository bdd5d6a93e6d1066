package dev.monocred.examples.quickstart;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import dev.monocred.core.AccessToken;
import java.io.PrintStream;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lines that a person wants to read. A token is described, never printed. */
final class Report {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void title(String title) {
        out.println();
        out.println(title);
        out.println("-".repeat(title.length()));
    }

    void text(String text) {
        out.println(text);
    }

    void line(String name, @Nullable Object value) {
        out.printf(Locale.ROOT, "  %-22s %s%n", name, value);
    }

    void token(@Nullable AccessToken token) {
        if (token == null) {
            return;
        }
        JWTClaimsSet claims = claims(token);
        line("issued by", claims == null ? "(an opaque token)" : claims.getIssuer());
        line("audience", claims == null ? "(an opaque token)" : String.join(", ", claims.getAudience()));
        line("expires", at(token.expiresAt()));
        Instant hint = token.refreshAt();
        line("replaced from", hint == null ? "a quarter of its life before that" : at(hint) + ", as the server wishes");
    }

    static String at(Instant instant) {
        return TIME.format(instant);
    }

    /** Only to show them: a program must not look into an access token that is meant for somebody else. */
    private static @Nullable JWTClaimsSet claims(AccessToken token) {
        try {
            return JWTParser.parse(token.token()).getJWTClaimsSet();
        } catch (ParseException opaque) {
            return null;
        }
    }
}
