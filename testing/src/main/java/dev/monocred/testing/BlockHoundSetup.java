package dev.monocred.testing;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes sure that BlockHound watches a test run, so that no test passes only because nobody looked. The set-up to copy:
 *
 * <pre>{@code
 * <dependency>
 *   <groupId>io.projectreactor.tools</groupId>
 *   <artifactId>blockhound-junit-platform</artifactId>
 *   <version>1.0.17.RELEASE</version>
 *   <scope>test</scope>
 * </dependency>
 * <dependency>
 *   <groupId>org.junit.platform</groupId>
 *   <artifactId>junit-platform-launcher</artifactId>
 *   <scope>test</scope>
 * </dependency>
 *
 * <plugin>
 *   <artifactId>maven-surefire-plugin</artifactId>
 *   <configuration>
 *     <!-- JDK 21 and newer: also -XX:+EnableDynamicAgentLoading -->
 *     <argLine>-XX:+AllowRedefinitionToAddDeleteMethods</argLine>
 *   </configuration>
 * </plugin>
 * }</pre>
 *
 * <p>and one line in the test class:
 *
 * <pre>{@code
 * @BeforeAll
 * static void blockHoundIsOn() {
 *     BlockHoundSetup.requireInstalled();
 * }
 * }</pre>
 *
 * <p>BlockHound reports sleeping, parking, reading files and starting processes on threads that must not block, as
 * Reactor's {@code parallel} threads and Netty's event loops. It does not see a contended {@code synchronized}.
 */
public final class BlockHoundSetup {

    private BlockHoundSetup() {
    }

    /**
     * Blocks on a {@code parallel} thread and expects to be caught.
     *
     * @throws AssertionError if nobody noticed
     */
    public static void requireInstalled() {
        try {
            Mono.fromRunnable(BlockHoundSetup::sleep).subscribeOn(Schedulers.parallel()).block();
        } catch (RuntimeException | Error caught) {
            if (isBlockHounds(caught)) {
                return;
            }
            throw caught;
        }
        throw new AssertionError("BlockHound does not watch this JVM: a parallel thread slept and nobody noticed. Add"
                + " io.projectreactor.tools:blockhound-junit-platform to the tests and start their JVM with"
                + " -XX:+AllowRedefinitionToAddDeleteMethods");
    }

    private static boolean isBlockHounds(Throwable caught) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().equals("reactor.blockhound.BlockingOperationError")) {
                return true;
            }
        }
        return false;
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
