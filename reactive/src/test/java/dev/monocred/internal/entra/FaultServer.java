package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/** A server of plain sockets that misbehaves as told, and counts connections and requests. One thread per connection. */
final class FaultServer implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final ServerSocket server;
    private final List<Behaviour> script;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final Map<Integer, CountDownLatch> closedByClient = new ConcurrentHashMap<>();

    /** What happens to one request; the last of a script happens to all further ones. */
    @FunctionalInterface
    interface Behaviour {
        void answer(Socket socket) throws IOException, InterruptedException;
    }

    private FaultServer(ServerSocketFactory factory, List<Behaviour> script) throws IOException {
        this.server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.script = script;
        start("accepts", this::accept);
    }

    static FaultServer of(Behaviour... script) throws IOException {
        return new FaultServer(ServerSocketFactory.getDefault(), List.of(script));
    }

    static FaultServer of(ServerSocketFactory factory, Behaviour... script) throws IOException {
        return new FaultServer(factory, List.of(script));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "fault-server-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                int number = connections.getAndIncrement();
                closedByClient.put(number, new CountDownLatch(1));
                start("serves", () -> serve(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try {
            while (!socket.isClosed()) {
                Behaviour next = behaviour(connections.get() - 1, requests.size());
                if (next instanceof OnAccept) {
                    next.answer(socket);
                    return;
                }
                String request = read(socket.getInputStream());
                if (request.isEmpty()) {
                    break;
                }
                behaviour(number, add(request)).answer(socket);
            }
        } catch (IOException | InterruptedException gone) {
            // What the client does then is what the test is about.
        } finally {
            closedByClient.getOrDefault(number, new CountDownLatch(1)).countDown();
        }
    }

    private synchronized int add(String request) {
        requests.add(request);
        return requests.size() - 1;
    }

    /** What happens on accept counts by connections, the rest by requests. */
    private Behaviour behaviour(int connection, int request) {
        Behaviour byConnection = script.get(Math.min(connection, script.size() - 1));
        return byConnection instanceof OnAccept ? byConnection : script.get(Math.min(request, script.size() - 1));
    }

    /** A behaviour that does not read the request. */
    @FunctionalInterface
    interface OnAccept extends Behaviour {}

    /** Head and body of one request; empty at the end of the connection. */
    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        Matcher length = LENGTH.matcher(head.toString(ISO_8859_1));
        return head.toString(ISO_8859_1) + (length.find() ? new String(in.readNBytes(Integer.parseInt(length.group(1))), ISO_8859_1) : "");
    }

    URI uri(String scheme) {
        return URI.create(scheme + "://localhost:" + server.getLocalPort() + "/tenant/oauth2/v2.0/token");
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    List<String> requests() {
        return requests;
    }

    static Behaviour sends(String answer) {
        return socket -> write(socket, answer);
    }

    static Behaviour sendsAndCloses(String answer) {
        return socket -> {
            write(socket, answer);
            socket.close();
        };
    }

    static Behaviour resets() {
        return FaultServer::reset;
    }

    static OnAccept resetsOnAccept() {
        return FaultServer::reset;
    }

    static Behaviour sendsAndResets(String answer) {
        return socket -> {
            write(socket, answer);
            reset(socket);
        };
    }

    /** Waits until the client has gone, so that the thread ends with the test. */
    static Behaviour never() {
        return socket -> socket.getInputStream().read();
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
