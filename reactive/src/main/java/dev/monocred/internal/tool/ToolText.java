package dev.monocred.internal.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.oauth.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reading what tools write, and what of it may be shown. Pure. */
public final class ToolText {

    private static final int MAX_SHOWN = 2_000;
    /** A banner with more braces than that is no banner. */
    private static final int MAX_BANNER_BRACES = 32;

    private static final Pattern ENTRA_CODE = Pattern.compile("AADSTS(\\d{1,9})");
    private static final Pattern TOKEN_FIELD = Pattern.compile(
            "(?i)[\"'](?:access_?token|token|refresh_?token|id_?token|secret)[\"']\\s*:\\s*[\"']([^\"']*)(?:[\"']|$)");
    private static final Pattern TOKEN_SHAPE = Pattern.compile(
            "eyJ[A-Za-z0-9_-]{10,}(?:\\.[A-Za-z0-9_-]*){0,4}|" + AzurePowerShell.MARKER + "\\S*|[A-Za-z0-9_+=.-]{60,}");
    private static final String HIDDEN = "***";

    private ToolText() {}

    /** Entra's own numbers. */
    static List<Long> entraCodes(String text) {
        return ENTRA_CODE.matcher(text).results().map(found -> Long.valueOf(found.group(1))).distinct().toList();
    }

    /**
     * The first JSON object, whatever stands before it (S-11), if no other follows.
     *
     * @return the object, or {@code null}
     */
    static @Nullable ObjectNode onlyObject(String text) {
        int start = text.indexOf('{');
        for (int tries = 0; start >= 0 && tries < MAX_BANNER_BRACES; tries++) {
            int end = endOfObject(text, start);
            ObjectNode object = end < 0 ? null : Json.object(text.substring(start, end));
            if (object != null) {
                return text.indexOf('{', end) < 0 ? object : null;
            }
            start = text.indexOf('{', start + 1);
        }
        return null;
    }

    /** Where the brace at {@code start} is closed, or -1. */
    private static int endOfObject(String text, int start) {
        boolean quoted = false;
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                i += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    /**
     * What a message may quote: one line, not too long, without anything that is or could be a token.
     *
     * @param text what the tool complained of
     * @param output what it printed, for tokens that it repeats
     */
    public static String shown(String text, String output) {
        String shown = text;
        for (String secret : secrets(output)) {
            shown = shown.replace(secret, HIDDEN);
        }
        shown = TOKEN_FIELD.matcher(shown).replaceAll(ToolText::withoutValue);
        shown = TOKEN_SHAPE.matcher(shown).replaceAll(HIDDEN);
        shown = shown.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return shown.length() <= MAX_SHOWN ? shown : shown.substring(0, MAX_SHOWN) + "…";
    }

    private static String withoutValue(MatchResult field) {
        String all = field.group();
        return Matcher.quoteReplacement(all.substring(0, field.start(1) - field.start()) + HIDDEN + "\"");
    }

    private static Set<String> secrets(String output) {
        Set<String> secrets = new LinkedHashSet<>();
        TOKEN_FIELD.matcher(output).results().map(field -> field.group(1)).filter(value -> value.length() > 7)
                .forEach(secrets::add);
        return secrets;
    }

    /** Whether this can be the value of a header. */
    static boolean isTokenText(@Nullable String text) {
        return text != null && !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
