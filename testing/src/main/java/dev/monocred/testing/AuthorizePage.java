package dev.monocred.testing;

import dev.monocred.testing.FakeAnswer.Refusal;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The page where a person signs in: it checks what the application asks for, shows a form to whoever comes with a browser,
 * and sends the browser back with a code or a refusal, by a redirect or by a form that submits itself, as Entra does.
 */
final class AuthorizePage {

    private static final Pattern PATH = Pattern.compile("/([^/]*)/oauth2/v2\\.0/authorize");
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern LOOPBACK = Pattern.compile("http://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?(/.*)?");
    /** Fields of the form itself; everything else in it came with the question. */
    private static final String USERNAME = "username";
    private static final String DECISION = "decision";

    private final EntraRules rules;
    private final UserGrants users;
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final List<URI> visits = new CopyOnWriteArrayList<>();

    AuthorizePage(EntraRules rules, UserGrants users) {
        this.rules = rules;
        this.users = users;
    }

    static boolean isAt(String path) {
        return PATH.matcher(path).matches();
    }

    /** Whoever decides next is refused, whatever the decision. */
    void refuseNext(Refusal refusal) {
        refusals.add(refusal);
    }

    /** The addresses that browsers came with. */
    List<URI> visits() {
        return List.copyOf(visits);
    }

    MockResponse answer(RecordedRequest raw, String path) {
        ByteString body = raw.getBody();
        boolean isDecision = "POST".equals(raw.getMethod()) && body != null;
        String query = raw.getTarget().contains("?") ? raw.getTarget().substring(raw.getTarget().indexOf('?') + 1) : "";
        Map<String, String> fields = decoded(isDecision && body != null ? body.utf8() : query);
        if (!isDecision) {
            visits.add(raw.getUrl().uri());
        }
        String tenant = EntraRules.tenant(path.substring(1, path.indexOf('/', 1)));
        Refusal fault = mistake(tenant, fields);
        if (fault != null) {
            return page(400, "Sign-in is not possible", "<h1>Sign-in is not possible</h1><p role=\"alert\">" + escape(sentence(fault)) + "</p>");
        }
        Refusal refusal = unacceptable(fields);
        if (refusal != null) {
            return back(fields, refused(refusal));
        }
        return isDecision ? decided(tenant, fields) : form(fields);
    }

    /** What must not be answered by a redirect: nobody knows who would get it. */
    private @Nullable Refusal mistake(String tenant, Map<String, String> fields) {
        String clientId = fields.getOrDefault("client_id", "");
        if (!rules.isRegistered(tenant, clientId)) {
            return Refusal.invalidRequest(700016, "Application with identifier '" + clientId + "' was not found in the directory '"
                    + tenant + "'.");
        }
        return LOOPBACK.matcher(fields.getOrDefault("redirect_uri", "")).matches() ? null
                : Refusal.invalidRequest(50011, "The redirect URI specified in the request does not match the redirect URIs"
                        + " configured for the application '" + clientId + "'.");
    }

    private static @Nullable Refusal unacceptable(Map<String, String> fields) {
        for (String required : List.of("scope", "state", "nonce", "code_challenge")) {
            if (fields.getOrDefault(required, "").isBlank()) {
                return Refusal.invalidRequest(900144, "The request must contain the following parameter: '" + required + "'.");
            }
        }
        if (!"code".equals(fields.get("response_type"))) {
            return new Refusal(400, "unsupported_response_type", 700054, "The response type is not enabled.", Map.of());
        }
        if (!"S256".equals(fields.get("code_challenge_method")) || !CHALLENGE.matcher(fields.getOrDefault("code_challenge", "")).matches()) {
            return Refusal.invalidRequest(501491, "The Code_Challenge is not one made with S256.");
        }
        boolean isKnownMode = List.of("query", "form_post").contains(fields.getOrDefault("response_mode", "query"));
        return isKnownMode ? null : Refusal.invalidRequest(900144, "The response mode is not one that this fake knows.");
    }

    private MockResponse decided(String tenant, Map<String, String> fields) {
        Refusal scripted = refusals.poll();
        if (scripted != null) {
            return back(fields, refused(scripted));
        }
        if (!"sign-in".equals(fields.get(DECISION))) {
            return back(fields, refused(new Refusal(400, "access_denied", 65004, "User declined to consent to access the app.",
                    Map.of("error_subcode", "cancel"))));
        }
        UserGrants.Person person = new UserGrants.Person(UserGrants.Person.USUAL.objectId(), fields.getOrDefault(USERNAME, ""));
        String code = users.issue(new UserGrants.Code(fields.getOrDefault("redirect_uri", ""), fields.get("code_challenge"),
                fields.get("nonce"), person));
        // Some servers send the issuer too (RFC 9207); whoever does not know a parameter must ignore it.
        return back(fields, Map.of("code", code, "session_state", UUID.randomUUID().toString(), "client_info", "e30",
                "iss", "https://sts.windows.net/" + tenant + "/"));
    }

    private static String sentence(Refusal refusal) {
        return "AADSTS" + refusal.code() + ": " + refusal.sentence() + " Trace ID: " + UUID.randomUUID() + " Correlation ID: "
                + UUID.randomUUID();
    }

    private static Map<String, String> refused(Refusal refusal) {
        Map<String, String> answer = new LinkedHashMap<>(refusal.more());
        answer.put("error", refusal.error());
        answer.put("error_description", sentence(refusal));
        return answer;
    }

    /** Sends the browser to the application; the state makes it the answer to the question. */
    private static MockResponse back(Map<String, String> question, Map<String, String> answer) {
        Map<String, String> fields = new LinkedHashMap<>(answer);
        fields.put("state", question.getOrDefault("state", ""));
        String redirect = question.getOrDefault("redirect_uri", "");
        if ("form_post".equals(question.get("response_mode"))) {
            return page(200, "Working", "<form method=\"post\" action=\"" + escape(redirect) + "\">" + hidden(fields)
                    + "<noscript><p>One more click brings you back.</p><button>Continue</button></noscript></form>"
                    + "<script>document.forms[0].submit()</script>");
        }
        return new MockResponse.Builder().code(302).setHeader("Location", redirect + "?" + fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"))).build();
    }

    private static MockResponse form(Map<String, String> fields) {
        String name = fields.getOrDefault("login_hint", UserGrants.Person.USUAL.username());
        return page(200, "Sign in to your account", "<h1>Sign in</h1><p>An application wants to act for you:</p><ul>"
                + Pattern.compile(" ").splitAsStream(fields.getOrDefault("scope", ""))
                        .map(scope -> "<li>" + escape(scope) + "</li>").collect(Collectors.joining())
                + "</ul><form method=\"post\">" + hidden(fields)
                + "<p><label>Account <input name=\"username\" type=\"email\" required autofocus value=\"" + escape(name)
                + "\"></label></p><button name=\"decision\" value=\"sign-in\">Sign in</button> "
                + "<button name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button></form>");
    }

    private static String hidden(Map<String, String> fields) {
        return fields.entrySet().stream().map(field -> "<input type=\"hidden\" name=\"" + escape(field.getKey()) + "\" value=\""
                + escape(field.getValue()) + "\">").collect(Collectors.joining());
    }

    private static MockResponse page(int status, String title, String body) {
        String html = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title><style>"
                + "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:30rem;margin:10vh auto;padding:0 1rem}"
                + "button{font:inherit;padding:.4rem 1.2rem}input{font:inherit;padding:.3rem}</style></head><body><main>" + body
                + "</main></body></html>";
        return new MockResponse.Builder().code(status).setHeader("Content-Type", "text/html; charset=utf-8")
                .setHeader("Cache-Control", "no-store").body(new Buffer().writeUtf8(html)).build();
    }

    private static Map<String, String> decoded(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = Math.max(0, pair.indexOf('='));
            fields.put(URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(Math.min(pair.length(), equals + 1)), StandardCharsets.UTF_8));
        }
        return fields;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
