package dev.monocred.house.offenders.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Small classes that break a rule each, so that the rules are known to work. Nobody runs them. */
public final class Offenders {

    private Offenders() {}

    public static final class ParsesJson {
        JsonNode parse(ObjectMapper mapper, String json) throws IOException {
            return mapper.readTree(json);
        }
    }

    public static final class Blocks {
        void run(Mono<Void> mono) {
            mono.block();
        }
    }

    public static final class BlocksByReference {
        Function<Mono<String>, Object> get() {
            return Mono::blockOptional;
        }
    }

    public static final class StartsAProgram {
        Process start() throws IOException {
            return new ProcessBuilder("az").start();
        }
    }

    public static final class StartsAProgramTheOldWay {
        Process start() throws IOException {
            return Runtime.getRuntime().exec(new String[] {"az"});
        }
    }

    public static final class LocksAMethod {
        synchronized int one() {
            return 1;
        }
    }

    public static final class LocksABlock {
        int one() {
            synchronized (this) {
                return 1;
            }
        }
    }

    public static final class UsesTheCommonPool {
        Executor pool() {
            return ForkJoinPool.commonPool();
        }
    }

    public static final class UsesTheCommonPoolUnsaid {
        CompletableFuture<Integer> one() {
            return CompletableFuture.supplyAsync(() -> 1);
        }
    }

    public static final class UsesTheCommonPoolInAStream {
        Stream<String> stream(List<String> names) {
            return names.parallelStream();
        }
    }

    public static final class UsesTheElasticPool {
        Scheduler scheduler() {
            return Schedulers.boundedElastic();
        }
    }

    public static final class ReadsTheNanos {
        long read() {
            return System.nanoTime();
        }
    }

    public static final class ReadsTheInstant {
        Instant read() {
            return Instant.now();
        }
    }

    public static final class ReadsTheInstantByReference {
        Supplier<Instant> reader() {
            return Instant::now;
        }
    }

    public static final class HasAClock {
        long read(Clock clock) {
            return clock.millis();
        }
    }

    public static final class ReadsTheEnvironment {
        String read(String name) {
            return System.getenv(name);
        }
    }

    public static final class ReadsTheEnvironmentByReference {
        Function<String, String> reader() {
            return System::getenv;
        }
    }

    public static final class Prints {
        void print() {
            System.out.println("said");
        }
    }
}
