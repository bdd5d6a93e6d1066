package dev.monocred.internal.refresh;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** A flight's landing against what its waiters do. */
public final class LandingStressTest {

    private LandingStressTest() {}

    /** F-3: whoever joins gets the flight's result, from the stack or at once. */
    @JCStressTest
    @Outcome(id = "token, token", expect = ACCEPTABLE, desc = "Joined before the stack was sealed, or served at once after.")
    @Outcome(expect = FORBIDDEN, desc = "The joiner was pushed on a stack that nobody looks at again, or served twice.")
    @State
    public static class JoinVsComplete {

        private final Scene scene = new Scene();
        private final Caller first = scene.call(Scene.REQUEST);
        private final Caller second = new Caller();
        private final Waiter waiter = new Waiter(second, Demand.PLAIN);
        private final Flight flight = scene.acquisition(0).flight();

        public JoinVsComplete() {
            second.onSubscribe(waiter);
        }

        @Actor
        public void join() {
            flight.join(waiter);
        }

        @Actor
        public void complete() {
            scene.acquisition(0).land("token");
        }

        @Arbiter
        public void seen(LL_Result result) {
            result.r1 = first.outcome();
            result.r2 = second.outcome();
        }
    }

    /** F-5, F-6: who cancels leaves alone; the others and the cache get the token. */
    @JCStressTest
    @Outcome(id = "token, token, 1", expect = ACCEPTABLE, desc = "Cancelled after the delivery.")
    @Outcome(id = "token uncompleted, token, 1", expect = ACCEPTABLE, desc = "Cancelled between token and completion.")
    @Outcome(id = "nothing, token, 1", expect = ACCEPTABLE, desc = "Cancelled before the delivery.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody else was cancelled, or served twice, or the token was lost.")
    @State
    public static class CancelVsComplete {

        private final Scene scene = new Scene();
        private final Caller leaving = scene.call(Scene.REQUEST);
        private final Caller staying = scene.call(Scene.REQUEST);

        @Actor
        public void cancel() {
            leaving.cancel();
        }

        @Actor
        public void complete() {
            scene.acquisition(0).land("token");
        }

        @Arbiter
        public void seen(LLL_Result result) {
            result.r1 = leaving.outcome();
            result.r2 = staying.outcome();
            scene.call(Scene.REQUEST);
            result.r3 = scene.requests();
        }
    }

    /** F-15: the token waits for the request, or the request for the token; it is delivered once. */
    @JCStressTest
    @Outcome(id = "token", expect = ACCEPTABLE, desc = "Delivered by whoever came second.")
    @Outcome(expect = FORBIDDEN, desc = "Both left it to the other, or both delivered.")
    @State
    public static class RequestVsDeliver {

        private final Scene scene = new Scene();
        private final Caller caller = new Caller(0);

        public RequestVsDeliver() {
            scene.call(Scene.REQUEST, caller);
        }

        @Actor
        public void request() {
            caller.request(1);
        }

        @Actor
        public void deliver() {
            scene.acquisition(0).land("token");
        }

        @Arbiter
        public void seen(L_Result result) {
            result.r1 = caller.outcome();
        }
    }
}
