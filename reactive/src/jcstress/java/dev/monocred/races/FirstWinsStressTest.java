package dev.monocred.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** The protocol that starts a flight, bare: of two that find nothing, one puts its own, and both know whose it was. */
@JCStressTest
@Outcome(id = "true, false, first", expect = ACCEPTABLE, desc = "The first put its own.")
@Outcome(id = "false, true, second", expect = ACCEPTABLE, desc = "The second put its own.")
@Outcome(expect = FORBIDDEN, desc = "Two flights, none, or somebody else's.")
@State
public class FirstWinsStressTest {

    private final AtomicReference<String> flight = new AtomicReference<>();

    @Actor
    public void first(ZZL_Result result) {
        result.r1 = flight.compareAndSet(null, "first");
    }

    @Actor
    public void second(ZZL_Result result) {
        result.r2 = flight.compareAndSet(null, "second");
    }

    @Arbiter
    public void whoseIsIt(ZZL_Result result) {
        result.r3 = flight.get();
    }
}
