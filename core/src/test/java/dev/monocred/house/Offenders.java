package dev.monocred.house;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Small classes that break a rule each, so that the rules are known to work. Nobody runs them. */
final class Offenders {

    private Offenders() {}

    static final class ReadsAFile {
        InputStream open(String name) throws IOException {
            return new FileInputStream(name);
        }
    }

    static final class ReadsAPath {
        String read(Path path) throws IOException {
            return Files.readString(path);
        }
    }

    static final class OpensASocket {
        Socket open(InetAddress address) throws IOException {
            return new Socket(address, 443);
        }
    }

    static final class StartsAThread {
        void run(Runnable work) {
            new Thread(work).start();
        }
    }

    static final class HandsToAnotherThread {
        void run(Executor executor, Runnable work) {
            executor.execute(work);
        }
    }

    static final class ReadsTheEnvironment {
        String read(String name) {
            return System.getenv(name);
        }
    }

    static final class ReadsTheEnvironmentByReference {
        Function<String, String> reader() {
            return System::getenv;
        }
    }

    static final class ReadsTheNanos {
        long read() {
            return System.nanoTime();
        }
    }

    static final class ReadsTheInstant {
        Instant read() {
            return Instant.now();
        }
    }

    static final class ReadsTheInstantByReference {
        Supplier<Instant> reader() {
            return Instant::now;
        }
    }

    static final class HasAClock {
        long read(Clock clock) {
            return clock.millis();
        }
    }

    static final class ThrowsDice {
        int roll() {
            return new Random().nextInt(6);
        }
    }

    static final class MakesAnId {
        String make() {
            return UUID.randomUUID().toString();
        }
    }

    static final class ReturnsAMono {
        Mono<String> make() {
            return Mono.just("made");
        }
    }

    static final class Logs {
        void log(System.Logger logger) {
            logger.log(System.Logger.Level.INFO, "said");
        }
    }
}
