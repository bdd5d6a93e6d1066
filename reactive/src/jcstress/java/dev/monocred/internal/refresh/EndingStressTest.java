package dev.monocred.internal.refresh;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Close and eviction against those who are just asking. */
public final class EndingStressTest {

    private EndingStressTest() {}

    /** C-2: nobody waits for a flight that close has ended, and no request leaves afterwards. */
    @JCStressTest
    @Outcome(id = "closed, closed, 1, 0", expect = ACCEPTABLE, desc = "Joined and was told, or refused.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody waits for ever, or a flight started in a closed credential, or a timer runs on.")
    @State
    public static class CloseVsJoin {

        private final Scene scene = new Scene();
        private final Caller first = scene.call(Scene.REQUEST);
        private final Caller second = new Caller();

        @Actor
        public void close() {
            scene.refresher.close().subscribe();
        }

        @Actor
        public void join() {
            scene.call(Scene.REQUEST, second);
        }

        @Arbiter
        public void seen(LLLL_Result result) {
            result.r1 = first.outcome();
            result.r2 = second.outcome();
            result.r3 = scene.requests();
            result.r4 = scene.timers();
        }
    }

    /** C-2: no flight survives close, whether it was about to start or had just started. */
    @JCStressTest
    @Outcome(id = "closed, no request, 0", expect = ACCEPTABLE, desc = "Refused, or closed before take-off.")
    @Outcome(id = "closed, cancelled, 0", expect = ACCEPTABLE, desc = "Took off and was ended.")
    @Outcome(expect = FORBIDDEN, desc = "A request goes on in a closed credential, or somebody waits for ever, or a timer runs on.")
    @State
    public static class CloseVsStart {

        private final Scene scene = new Scene();
        private final Caller caller = new Caller();

        @Actor
        public void start() {
            scene.call(Scene.REQUEST, caller);
        }

        @Actor
        public void close() {
            scene.refresher.close().subscribe();
        }

        @Arbiter
        public void seen(LLL_Result result) {
            result.r1 = caller.outcome();
            result.r2 = scene.requests() == 0 ? "no request"
                    : scene.acquisition(0).isCancelled() ? "cancelled" : "under way";
            result.r3 = scene.timers();
        }
    }

    /** E-4, E-5: an entry that is dropped while somebody starts from it still serves them; one more flight is the price. */
    @JCStressTest
    @Outcome(id = "token, token, 3", expect = ACCEPTABLE, desc = "In flight when the walk came by, so it stayed.")
    @Outcome(id = "token, token, 4", expect = ACCEPTABLE, desc = "Dropped just before it won its slot: the next one asks anew.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody forgotten, or more than one extra flight.")
    @State
    public static class EvictVsStart {

        /** No room at all: every newcomer makes a walk that drops whatever is not in flight. */
        private final Scene scene = new Scene(0);
        private final Caller first = new Caller();

        public EvictVsStart() {
            scene.call(Scene.REQUEST);
            scene.acquisition(0).land("old");
            scene.pass(Scene.LIFETIME);
        }

        @Actor
        public void start() {
            scene.call(Scene.REQUEST, first);
        }

        @Actor
        public void evict() {
            scene.call(Scene.OTHER_REQUEST);
        }

        @Arbiter
        public void seen(LLL_Result result) {
            Caller next = scene.call(Scene.REQUEST);
            int requests = scene.requests();
            for (int i = 1; i < requests; i++) {
                scene.acquisition(i).land("token");
            }
            result.r1 = first.outcome();
            result.r2 = next.outcome();
            result.r3 = requests;
        }
    }
}
