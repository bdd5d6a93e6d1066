package dev.monocred.internal.browser;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A page for a person: one mark, one heading, one sentence, and what a supporter would ask for. It stands by itself: no
 * script, nothing from elsewhere, and a policy that holds the browser to it. Immutable.
 *
 * @param status of the answer
 * @param mark what is seen first
 * @param heading what happened
 * @param sentence what to do now
 * @param details what a supporter would ask for, folded away
 */
record Page(int status, Mark mark, String heading, String sentence, Map<String, String> details) {

    /** What is seen first. It only repeats the heading, so screen readers pass it by. */
    enum Mark {
        /** A tick. */
        DONE("<path d=\"m7 12.5 3.4 3.4L17 9\"/>"),
        /** A cross. */
        STOPPED("<path d=\"m8.5 8.5 7 7m0-7-7 7\"/>"),
        /** An exclamation mark. */
        ODD("<path d=\"M12 7v6m0 3.6v.1\"/>");

        private final String path;

        Mark(String path) {
            this.path = path;
        }
    }

    /** Sizes are relative, so they follow the person's own; both palettes keep a contrast of 4.5 to 1 and more. */
    private static final String STYLE = """
            :root{color-scheme:light dark;--ground:#eef2f7;--glow:#dbe7ff;--card:#fff;--text:#171c26;--quiet:#535d6e;\
            --line:#dfe5ee;--done:#13795b;--stopped:#b3261e;--odd:#8a5300;--on:#fff}
            @media(prefers-color-scheme:dark){:root{--ground:#0d1117;--glow:#16233b;--card:#161c26;--text:#eef2f8;--quiet:#a7b1c2;\
            --line:#2a3342;--done:#4cc79b;--stopped:#ff8f86;--odd:#f0b455;--on:#0d1117}}
            *{box-sizing:border-box}
            body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;color:var(--text);\
            background:radial-gradient(60rem 40rem at 50% -10rem,var(--glow),transparent) var(--ground);\
            font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
            main{width:100%;max-width:30rem;padding:3rem 2.5rem 2.25rem;text-align:center;background:var(--card);\
            border:1px solid var(--line);border-radius:1.25rem;\
            box-shadow:0 1px 2px rgb(16 24 40/.06),0 1.5rem 3rem -1rem rgb(16 24 40/.18);animation:rise .45s ease-out}
            svg{width:4.5rem;height:4.5rem;padding:.3rem;border-radius:50%;fill:none;stroke:var(--on);stroke-width:1.8;\
            stroke-linecap:round;stroke-linejoin:round}
            path{stroke-dasharray:24;animation:draw .5s .25s ease-out backwards}
            .done svg{background:var(--done)}.stopped svg{background:var(--stopped)}.odd svg{background:var(--odd)}
            h1{margin:1.25rem 0 .5rem;font-size:1.6rem;line-height:1.25;letter-spacing:-.015em;text-wrap:balance}
            p{margin:0;color:var(--quiet);font-size:1.0625rem;text-wrap:balance;overflow-wrap:anywhere}
            details{margin-top:1.75rem;padding-top:1.1rem;border-top:1px solid var(--line);text-align:left}
            summary{width:fit-content;margin:0 auto;padding:.25rem .6rem;border-radius:.5rem;color:var(--quiet);cursor:pointer}
            summary:focus-visible{outline:3px solid var(--quiet);outline-offset:2px}
            dl{margin:.75rem 0 0}
            dt{color:var(--quiet);font-size:.875rem}
            dd{margin:0 0 .75rem;font:.9375rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
            overflow-wrap:anywhere}
            @keyframes rise{from{opacity:0;transform:translateY(.75rem)}}
            @keyframes draw{from{stroke-dashoffset:24}}
            @media(prefers-reduced-motion:reduce){*{animation:none!important}}
            """;

    /** Nothing but this style, by its hash: not even a text that was not escaped could load, send or run anything. */
    private static final String POLICY = "default-src 'none'; style-src 'sha256-" + hash(STYLE)
            + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "text/html; charset=utf-8",
            "Content-Security-Policy", POLICY,
            "Cache-Control", "no-store",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    private static String hash(String text) {
        try {
            return Base64.getEncoder().encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    Page(int status, Mark mark, String heading, String sentence) {
        this(status, mark, heading, sentence, Map.of());
    }

    /** The same page with one more thing that a supporter would ask for. */
    Page with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(details);
        more.put(name, value);
        return new Page(status, mark, heading, sentence, more);
    }

    /** The whole document. */
    String html() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <title>%2$s</title>
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex">
                <link rel="icon" href="data:,">
                <style>%5$s</style>
                </head>
                <body>
                <main class="%1$s">
                <svg viewBox="0 0 24 24" aria-hidden="true">%6$s</svg>
                <h1>%2$s</h1>
                <p>%3$s</p>%4$s
                </main>
                </body>
                </html>
                """.formatted(name(mark), escape(heading), escape(sentence), folded(), STYLE, mark.path);
    }

    private static String name(Mark mark) {
        return switch (mark) {
            case DONE -> "done";
            case STOPPED -> "stopped";
            case ODD -> "odd";
        };
    }

    private String folded() {
        return details.isEmpty() ? "" : details.entrySet().stream()
                .map(detail -> "<dt>" + escape(detail.getKey()) + "</dt><dd>" + escape(detail.getValue()) + "</dd>")
                .collect(Collectors.joining("\n", "\n<details>\n<summary>Details</summary>\n<dl>\n", "\n</dl>\n</details>"));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
