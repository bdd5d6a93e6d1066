package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A person at a browser, without either: it follows the address that a credential wants opened, fills in the sign-in page of
 * a {@link FakeEntra} by HTTP, and keeps the page that the person sees in the end. It is what
 * {@code InteractiveBrowserCredential}'s {@code openBrowser} takes.
 *
 * <pre>{@code
 * FakeBrowser browser = FakeBrowser.of(entra);
 * TokenCredential credential = InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID)
 *         .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).openBrowser(browser).build();
 * credential.getToken("https://vault.azure.net/.default").block();
 * assertThat(browser.awaitPages(1)).singleElement().extracting(FakeBrowser.Page::status).isEqualTo(200);
 * }</pre>
 *
 * <p>Opening returns at once; what the person does goes on behind it, on the event loops. Safe for use by several threads.
 */
public final class FakeBrowser implements Function<URI, Mono<Void>> {

    /** Far more than a few requests on loopback take, so only a page that never comes takes this long. */
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MAX_REDIRECTS = 5;
    private static final Pattern FORM = Pattern.compile("<form method=\"post\"(?: action=\"([^\"]*)\")?>");
    private static final Pattern FIELD = Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");
    private static final Pattern ACCOUNT = Pattern.compile("<input name=\"username\"[^>]* value=\"([^\"]*)\">");

    private final HttpClient client;
    private final Traffic<URI> opened = new Traffic<>();
    private final Traffic<Page> pages = new Traffic<>();
    private volatile Person person = new Person("sign-in", null);

    private record Person(@Nullable String decision, @Nullable String username) {}

    private FakeBrowser(HttpClient client) {
        this.client = client;
    }

    /**
     * Makes a browser whose person signs in to whatever page comes.
     *
     * @param entra which the browser trusts
     * @return the browser
     */
    public static FakeBrowser of(FakeEntra entra) {
        return new FakeBrowser(entra.httpClient());
    }

    /**
     * Makes the person sign in by a name from now on; at first it is the one that the page suggests.
     *
     * @param username the name
     * @return this browser
     */
    public FakeBrowser signsInAs(String username) {
        person = new Person("sign-in", requireNonNull(username, "username"));
        return this;
    }

    /**
     * Makes the person cancel from now on.
     *
     * @return this browser
     */
    public FakeBrowser cancels() {
        person = new Person("cancel", null);
        return this;
    }

    /**
     * Makes the person go for a coffee from now on: the page is opened and nothing happens.
     *
     * @return this browser
     */
    public FakeBrowser doesNothing() {
        person = new Person(null, null);
        return this;
    }

    /** Opens an address. Completes at once, as a real browser's command does; failures on the way are pages of status 0. */
    @Override
    public Mono<Void> apply(URI address) {
        return Mono.fromRunnable(() -> {
            opened.arrives(address);
            follow(address.toString(), person).timeout(LIMIT)
                    .onErrorResume(failure -> Mono.just(new Page(0, Map.of(), String.valueOf(failure))))
                    .subscribe(pages::arrives);
        });
    }

    /**
     * What was opened.
     *
     * @return the addresses, in order; a snapshot
     */
    public List<URI> opened() {
        return opened.seen();
    }

    /**
     * Waits until so many addresses were opened, however many there are already.
     *
     * @param count how many, since the start
     * @return the addresses, in order
     * @throws AssertionError if they have not come after 20 s
     */
    public List<URI> awaitOpened(int count) {
        return await(opened, count, "windows");
    }

    /**
     * Waits until so many sign-ins have come to their last page.
     *
     * @param count how many, since the start
     * @return the pages, in order
     * @throws AssertionError if they have not come after 20 s
     */
    public List<Page> awaitPages(int count) {
        return await(pages, count, "pages");
    }

    private static <T> List<T> await(Traffic<T> traffic, int count, String what) {
        try {
            if (!traffic.awaitSeen(count, LIMIT)) {
                throw new AssertionError("waited for " + count + " " + what + "; there came " + traffic.seen());
            }
            return traffic.seen();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, interrupted);
        }
    }

    @Override
    public String toString() {
        return "FakeBrowser[opened=" + opened.count() + ", pages=" + pages.count() + "]";
    }

    /** A page that the person saw last. Immutable. */
    public static final class Page {

        private final int status;
        private final Map<String, String> headers;
        private final String html;

        private Page(int status, Map<String, String> headers, String html) {
            this.status = status;
            this.headers = Map.copyOf(headers);
            this.html = html;
        }

        /**
         * How it was answered.
         *
         * @return the status, or 0 if nobody answered
         */
        public int status() {
            return status;
        }

        /**
         * What came before it.
         *
         * @return the headers, by names in lower case; unmodifiable
         */
        public Map<String, String> headers() {
            return headers;
        }

        /**
         * What it consists of.
         *
         * @return the document, or what went wrong if nobody answered
         */
        public String html() {
            return html;
        }

        @Override
        public String toString() {
            return "Page[status=" + status + ", " + html.length() + " characters]";
        }
    }

    private Mono<Page> follow(String address, Person who) {
        return get(address, MAX_REDIRECTS).flatMap(page -> advance(address, page, who));
    }

    private Mono<Page> advance(String address, Page page, Person who) {
        Matcher form = FORM.matcher(page.html);
        if (!form.find()) {
            return Mono.just(page);
        }
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(page.html);
        while (field.find()) {
            fields.put(unescaped(field.group(1)), unescaped(field.group(2)));
        }
        Matcher account = ACCOUNT.matcher(page.html);
        if (account.find()) {
            if (who.decision == null) {
                return Mono.empty();
            }
            fields.put("username", who.username == null ? unescaped(account.group(1)) : who.username);
            fields.put("decision", who.decision);
        }
        String target = form.group(1) == null ? address : unescaped(form.group(1));
        return post(target, fields).flatMap(next -> advance(target, next, who));
    }

    private Mono<Page> get(String address, int redirects) {
        return client.get().uri(address).responseSingle(FakeBrowser::page).flatMap(page -> redirected(page, redirects));
    }

    private Mono<Page> post(String address, Map<String, String> fields) {
        String body = fields.entrySet().stream().map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        return client.headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded")
                        .set(HttpHeaderNames.CONTENT_LENGTH, body.length()))
                .post().uri(address).send(ByteBufMono.fromString(Mono.just(body))).responseSingle(FakeBrowser::page)
                .flatMap(page -> redirected(page, MAX_REDIRECTS));
    }

    private Mono<Page> redirected(Page page, int redirects) {
        String location = page.headers.get("location");
        return location == null || redirects == 0 ? Mono.just(page) : get(location, redirects - 1);
    }

    private static Mono<Page> page(HttpClientResponse response, ByteBufMono body) {
        return body.asString(StandardCharsets.UTF_8).defaultIfEmpty("")
                .map(html -> new Page(response.status().code(), headers(response.responseHeaders()), html));
    }

    private static Map<String, String> headers(HttpHeaders headers) {
        return headers.entries().stream().collect(Collectors.toMap(header -> header.getKey().toLowerCase(java.util.Locale.ROOT),
                Map.Entry::getValue, (one, other) -> one + ", " + other));
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    }
}
