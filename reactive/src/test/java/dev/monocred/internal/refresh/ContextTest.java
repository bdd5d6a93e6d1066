package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import io.micrometer.context.ContextRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** Whose Context is seen where (F-12, faults 69 and 70). */
class ContextTest {

    private static final String KEY = "dev.monocred.test.user";
    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private final Stage stage = new Stage();

    @AfterEach
    void switchOff() {
        Hooks.resetOnLastOperator(KEY);
        Hooks.disableAutomaticContextPropagation();
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        USER.remove();
    }

    @Test
    void theSourceSeesNobodysContextAndEverybodySeesTheirOwn() {
        List<String> seen = new ArrayList<>();
        for (String user : List.of("alice", "bob")) {
            Mono.deferContextual(context -> stage.refresher.acquire(REQUEST)
                            .flatMap(token -> Mono.deferContextual(after -> Mono.just(user + " is " + after.get("user")))))
                    .contextWrite(context -> context.put("user", user)).subscribe(seen::add);
        }
        ScriptedSource.Call call = stage.source.last();
        assertThat(call.context().hasKey("user")).isFalse();
        assertThat(call.context().stream().map(entry -> entry.getKey())).containsExactly(FlightChain.class);
        call.answer(stage.token("a"));
        assertThat(seen).containsExactly("alice is alice", "bob is bob");
    }

    @Test
    void hooksOfTheLastOperatorSeeTheSource() {
        List<Publisher<?>> seen = new ArrayList<>();
        Mono<AccessToken> answer = Mono.just(stage.token("a"));
        stage.source.answers(request -> answer);
        Hooks.onLastOperator(KEY, publisher -> {
            seen.add(publisher);
            return publisher;
        });
        stage.ask();
        assertThat(seen).as("tracing and context propagation hang there").contains(answer);
    }

    @Test
    void automaticPropagationRestoresEachWaitersThreadLocals() throws InterruptedException {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, USER);
        Hooks.enableAutomaticContextPropagation();
        int waiters = 100;
        AtomicReferenceArray<String> seen = new AtomicReferenceArray<>(waiters);
        CountDownLatch served = new CountDownLatch(waiters);
        for (int i = 0; i < waiters; i++) {
            int waiter = i;
            USER.set("user " + i);
            stage.refresher.acquire(REQUEST).doOnNext(token -> seen.set(waiter, USER.get())).contextCapture()
                    .doFinally(end -> served.countDown()).subscribe();
        }
        USER.remove();
        Thread landing = new Thread(() -> stage.source.last().answer(stage.token("a")), "landing");
        landing.start();
        assertThat(served.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < waiters; i++) {
            assertThat(seen.get(i)).isEqualTo("user " + i);
        }
        landing.join();
        assertThat(USER.get()).isNull();
    }

    @Test
    void automaticPropagationRestoresThreadLocalsOnErrors() throws InterruptedException {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, USER);
        Hooks.enableAutomaticContextPropagation();
        AtomicReferenceArray<String> seen = new AtomicReferenceArray<>(1);
        USER.set("alice");
        stage.refresher.acquire(REQUEST).doOnError(error -> seen.set(0, USER.get())).contextCapture().onErrorComplete().subscribe();
        USER.remove();
        Thread landing = new Thread(() -> stage.source.last().fail(Stage.outage()), "landing");
        landing.start();
        landing.join();
        assertThat(seen.get(0)).isEqualTo("alice");
    }

    @Test
    void automaticPropagationChangesNoHit() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, USER);
        Hooks.enableAutomaticContextPropagation();
        AccessToken held = stage.hold("a");
        USER.set("alice");
        List<String> seen = new ArrayList<>();
        stage.refresher.acquire(REQUEST).doOnNext(token -> seen.add(USER.get())).contextCapture().subscribe();
        assertThat(seen).containsExactly("alice");
        assertThat(stage.refresher.acquire(REQUEST).block()).isSameAs(held);
    }
}
