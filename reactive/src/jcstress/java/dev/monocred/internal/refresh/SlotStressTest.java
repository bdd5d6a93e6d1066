package dev.monocred.internal.refresh;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Who starts a flight, and whose landing stays. */
public final class SlotStressTest {

    private static final String CLAIMS = "{\"access_token\":{}}";

    private SlotStressTest() {}

    /**
     * F-1: one finds no token; then the flight lands and frees the slot; then the one wins it. Without the second look at
     * the snapshot the source is asked twice.
     */
    @JCStressTest
    @Outcome(id = "token, token, 1", expect = ACCEPTABLE, desc = "Joined, or found the token at the first or second look.")
    @Outcome(expect = FORBIDDEN, desc = "A second flight for a token that was there, or somebody forgotten.")
    @State
    public static class GetVsComplete {

        private final Scene scene = new Scene();
        private final Caller first = scene.call(Scene.REQUEST);
        private final Caller second = new Caller();

        @Actor
        public void get() {
            scene.call(Scene.REQUEST, second);
        }

        @Actor
        public void complete() {
            scene.acquisition(0).land("token");
        }

        @Arbiter
        public void seen(LLL_Result result) {
            if (scene.requests() > 1) {
                scene.acquisition(1).land("again");
            }
            result.r1 = first.outcome();
            result.r2 = second.outcome();
            result.r3 = scene.requests();
        }
    }

    /** F-1 from nothing: of two that find no flight one starts it, the other joins. */
    @JCStressTest
    @Outcome(id = "token, token, 1", expect = ACCEPTABLE, desc = "One started the flight, the other joined it.")
    @Outcome(expect = FORBIDDEN, desc = "Two flights, or somebody forgotten.")
    @State
    public static class GetVsGet {

        private final Scene scene = new Scene();
        private final Caller first = new Caller();
        private final Caller second = new Caller();

        @Actor
        public void get() {
            scene.call(Scene.REQUEST, first);
        }

        @Actor
        public void getToo() {
            scene.call(Scene.REQUEST, second);
        }

        @Arbiter
        public void seen(LLL_Result result) {
            scene.acquisition(0).land("token");
            result.r1 = first.outcome();
            result.r2 = second.outcome();
            result.r3 = scene.requests();
        }
    }

    /** A token is reported as rejected while its replacement lands: that one is given out, and is not asked for twice. */
    @JCStressTest
    @Outcome(id = "new, new, 2", expect = ACCEPTABLE, desc = "Joined the replacement's flight, or found what it brought.")
    @Outcome(expect = FORBIDDEN, desc = "Given the rejected token, or one request too many, or forgotten.")
    @State
    public static class PublishVsReject {

        private final Scene scene = new Scene();
        private final Caller first;
        private final Caller second = new Caller();

        public PublishVsReject() {
            scene.call(Scene.REQUEST);
            scene.acquisition(0).land("old");
            first = scene.call(Scene.REQUEST.withRejectedToken(scene.token("old")));
        }

        @Actor
        public void reject() {
            scene.call(Scene.REQUEST.withRejectedToken(scene.token("old")), second);
        }

        @Actor
        public void publish() {
            scene.acquisition(1).land("new");
        }

        @Arbiter
        public void seen(LLL_Result result) {
            if (scene.requests() > 2) {
                scene.acquisition(2).land("newest");
            }
            result.r1 = first.outcome();
            result.r2 = second.outcome();
            result.r3 = scene.requests();
        }
    }

    /** F-17: a background refresh that started before a claims flight never overwrites its token, in whatever order they land. */
    @JCStressTest
    @Outcome(id = "claims, claims, 3", expect = ACCEPTABLE, desc = "The claims token was published last, or the other not at all.")
    @Outcome(expect = FORBIDDEN, desc = "A token without the claims took the place of the one with them.")
    @State
    public static class ClaimsVsBackground {

        private final Scene scene = new Scene();
        private final Caller claims;

        public ClaimsVsBackground() {
            scene.call(Scene.REQUEST);
            scene.acquisition(0).land("old");
            scene.pass(Scene.LIFETIME.minusMinutes(1));
            scene.call(Scene.REQUEST);
            claims = scene.call(Scene.REQUEST.withClaims(CLAIMS));
        }

        @Actor
        public void background() {
            scene.acquisition(1).land("background");
        }

        @Actor
        public void claims() {
            scene.acquisition(2).land("claims");
        }

        @Arbiter
        public void seen(LLL_Result result) {
            result.r1 = claims.outcome();
            result.r2 = scene.call(Scene.REQUEST).outcome();
            result.r3 = scene.requests();
        }
    }
}
