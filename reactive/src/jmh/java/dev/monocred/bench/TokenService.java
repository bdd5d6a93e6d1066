package dev.monocred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;

/** The token service as a JVM under test sees it. */
final class TokenService {

    private TokenService() {}

    static String authority() {
        return System.getProperty("bench.authority");
    }

    /** Starts counting anew. */
    static void follow(Script script) {
        order(script.line());
    }

    static int requests() {
        return (int) order("count");
    }

    /** Ever opened. */
    static int connections() {
        return (int) order("connections");
    }

    private static long order(String line) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger("bench.admin"))) {
            socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
            return Long.parseLong(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
