package dev.monocred;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

/**
 * A real browser without a screen, driven by the DevTools protocol over a WebSocket: one page of one empty profile. It asks
 * nobody outside this machine for anything, and trusts any certificate, because that of the fake is made at test time.
 */
final class Chromium implements AutoCloseable {

    /** What the browser answers for a page that is being left, among other things. */
    private static final int SERVER_ERROR = -32000;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** A picture is one frame. */
    private static final int MAX_FRAME = 16 * 1024 * 1024;

    private final Process process;
    private final Path profile;
    private final Disposable socket;
    private final Sinks.Many<String> commands = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Sinks.One<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> requested = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Process process, Path profile) throws IOException {
        this.process = process;
        this.profile = profile;
        Path port = profile.resolve("DevToolsActivePort");
        await("the port of the browser", () -> Files.exists(port) && lines(port).size() > 1);
        String page = requireNonNull(HttpClient.create().get().uri("http://127.0.0.1:" + lines(port).get(0) + "/json/list")
                .responseContent().aggregate().asString().block(LIMIT));
        String address = JSON.readTree(page).findValue("webSocketDebuggerUrl").asText();
        this.socket = HttpClient.create().websocket(WebsocketClientSpec.builder()
                        .maxFramePayloadLength(MAX_FRAME).build()).uri(address)
                .handle((in, out) -> Mono.when(
                        out.sendObject(commands.asFlux().map(TextWebSocketFrame::new), frame -> true),
                        in.aggregateFrames(MAX_FRAME).receive().asString().doOnNext(this::hear)))
                .subscribe(nothing -> { }, gone -> { });
        Stream.of("Page", "Network", "Log", "Runtime").forEach(domain -> command(domain + ".enable", Map.of()));
    }

    /** Where it is, or {@code null} if it is not installed. */
    static @Nullable Path find() {
        return Stream.of(System.getenv("PATH").split(":", -1)).flatMap(folder -> Stream.of("chromium", "chromium-browser",
                        "google-chrome").map(name -> Path.of(folder, name))).filter(Files::isExecutable).findFirst().orElse(null);
    }

    static Chromium start(Path program, String... flags) throws IOException {
        Path profile = Files.createTempDirectory("monocred-chromium");
        List<String> command = new ArrayList<>(List.of(program.toString(), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage", "--ignore-certificate-errors", "--window-size=1000,900",
                "--remote-debugging-port=0", "--user-data-dir=" + profile));
        command.addAll(List.of(flags));
        command.add("about:blank");
        Process process = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
        try {
            return new Chromium(process, profile);
        } catch (IOException | RuntimeException | AssertionError failed) {
            end(process);
            delete(profile);
            throw failed;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notYet) {
            return List.of();
        }
    }

    /** Polls what a browser gives no event for; only what never comes takes so long. */
    static void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void hear(String text) {
        JsonNode message = read(text);
        Sinks.One<JsonNode> answer = answers.remove(message.path("id").asInt(-1));
        if (answer != null) {
            answer.tryEmitValue(message);
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Network.requestWillBeSent" -> requested.add(parameters.at("/request/url").asText());
            case "Log.entryAdded" -> complaints.add(parameters.at("/entry/text").asText());
            case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
            default -> { }
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private JsonNode command(String method, Map<String, Object> parameters) {
        int number = numbers.incrementAndGet();
        Sinks.One<JsonNode> answer = Sinks.one();
        answers.put(number, answer);
        ObjectNode command = JSON.createObjectNode().put("id", number).put("method", method);
        command.set("params", JSON.valueToTree(parameters));
        commands.emitNext(command.toString(), Sinks.EmitFailureHandler.busyLooping(LIMIT)); // two threads drive it
        JsonNode message = requireNonNull(answer.asMono().block(LIMIT));
        if (message.has("error")) {
            String said = method + ": " + message.path("error");
            throw message.at("/error/code").asInt() == SERVER_ERROR ? new PageGoneError(said) : new AssertionError(said);
        }
        return message.path("result");
    }

    /** As {@code openBrowser} wants it. */
    Mono<Void> open(String address) {
        return Mono.fromRunnable(() -> command("Page.navigate", Map.of("url", address)));
    }

    /** What an expression is worth on the page, as text. */
    String evaluate(String expression) {
        return command("Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true))
                .at("/result/value").asText();
    }

    /** Waits for a page by its heading. Between two pages there is none to ask. */
    void awaitHeading(String heading) {
        await("the heading " + heading, () -> {
            try {
                return evaluate("document.querySelector('h1')?.textContent").equals(heading)
                        && evaluate("document.readyState").equals("complete");
            } catch (PageGoneError onTheWay) {
                return false;
            }
        });
    }

    /** The page that was asked is being left. */
    private static final class PageGoneError extends AssertionError {

        private static final long serialVersionUID = 1L;

        PageGoneError(String message) {
            super(message);
        }
    }

    /** A click as a mouse does it. */
    void click(String selector) {
        JsonNode box = read(evaluate("JSON.stringify(document.querySelector(" + JSON.valueToTree(selector) + ").getBoundingClientRect())"));
        double x = box.path("x").asDouble() + box.path("width").asDouble() / 2;
        double y = box.path("y").asDouble() + box.path("height").asDouble() / 2;
        for (String type : List.of("mousePressed", "mouseReleased")) {
            command("Input.dispatchMouseEvent", Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
        }
    }

    /** The roles and names that a screen reader is told of, one a line. */
    List<String> accessibilityTree() {
        List<String> lines = new ArrayList<>();
        command("Accessibility.getFullAXTree", Map.of()).path("nodes").forEach(node -> {
            if (!node.path("ignored").asBoolean()) {
                lines.add(node.at("/role/value").asText() + " " + node.at("/name/value").asText());
            }
        });
        return lines;
    }

    void prefers(String feature, String value) {
        command("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    void screenshot(Path file) throws IOException {
        String png = command("Page.captureScreenshot", Map.of("format", "png")).path("data").asText();
        Files.createDirectories(requireNonNull(file.getParent()));
        Files.write(file, Base64.getDecoder().decode(png));
    }

    /** Every address that was asked for, in order. */
    List<String> requested() {
        return List.copyOf(requested);
    }

    /** What the browser found wrong: broken policies, scripts, missing files. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        socket.dispose();
        end(process);
        delete(profile);
    }

    private static void end(Process process) {
        List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
        process.destroy();
        tree.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        tree.forEach(ProcessHandle::destroyForcibly);
    }

    /** Its children may still write for a moment. */
    private static void delete(Path folder) {
        await("the profile to go", () -> {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            } catch (IOException | UncheckedIOException inUse) {
                // Looked at again.
            }
            return !Files.exists(folder);
        });
    }
}
