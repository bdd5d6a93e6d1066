package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** C-4, counted in a JVM where nothing else ever ran: here every other test has left its threads behind. */
class ThreadCensusTest {

    @Test
    void noThreadBeforeTheFirstFlightAndNoneOfItsOwnEver() throws Exception {
        Process census = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Census.class.getName())
                .redirectErrorStream(true).start();
        List<String> lines = census.inputReader().lines().toList();
        assertThat(census.waitFor(60, TimeUnit.SECONDS)).as("C-4: ends although nothing was shut down").isTrue();

        assertThat(lines).as("what the census said").contains(
                "made: []", "asked without subscribing: []", "first flight: [parallel]", "closed: [parallel]", "not daemon: []");
        assertThat(census.exitValue()).isZero();
    }

    /** Lists the kinds of threads that came since the start, stage by stage. */
    static final class Census {

        private static final Set<String> AT_FIRST = names(false);

        private Census() {}

        public static void main(String[] arguments) {
            TokenRequestContext request = TokenRequestContext.of("https://example.org/.default");
            Sinks.One<AccessToken> answer = Sinks.one();
            TokenRefresher refresher = new TokenRefresher(any -> answer.asMono(), same -> same, new RefresherOptions(
                    "TestCredential", new SystemTime(), Schedulers.parallel(), Duration.ofSeconds(30), 100, null));
            say("made", names(false));

            Mono<AccessToken> lazy = refresher.acquire(request);
            say("asked without subscribing", names(false));

            for (int i = 0; i < 1_000; i++) {
                lazy.subscribe();
            }
            answer.tryEmitValue(AccessToken.of("token", Instant.now().plusSeconds(3600))).orThrow();
            lazy.block();
            say("first flight", names(false));

            refresher.acquire(request.withTenantId("other")).onErrorComplete().subscribe();
            refresher.close().block();
            say("closed", names(false));
            say("not daemon", names(true));
        }

        private static void say(String stage, Set<String> names) {
            Set<String> kinds = new TreeSet<>();
            names.stream().filter(name -> !AT_FIRST.contains(name)).forEach(name -> kinds.add(name.replaceAll("-\\d+$", "")));
            System.out.println(stage + ": " + kinds);
        }

        private static Set<String> names(boolean daemonsExcepted) {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !daemonsExcepted || !thread.isDaemon())
                    .map(Thread::getName).collect(Collectors.toSet());
        }
    }

    private static final class SystemTime implements TimeSource {

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    }
}
