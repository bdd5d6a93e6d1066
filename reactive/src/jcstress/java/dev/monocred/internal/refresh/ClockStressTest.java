package dev.monocred.internal.refresh;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.monocred.core.TimeSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * T-3: the wall clock was set back by a day, and two threads look when the comparison is due, one of which read the monotonic
 * clock a little earlier. If both compared, both would re-anchor, and at the next comparison a day would seem to have passed.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Compared once; time went on as the monotonic clock says.")
@Outcome(expect = FORBIDDEN, desc = "Compared twice, or time jumped and every token held grew old.")
@State
public class ClockStressTest implements TimeSource {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A comparison takes a while, so that the other look falls into it. */
    private static final int SLOW = 20;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger comparisons = new AtomicInteger();
    private volatile long setBackMillis;
    private final AdjustedClock clock = new AdjustedClock(this, by -> {});

    public ClockStressTest() {
        setBackMillis = TimeUnit.DAYS.toMillis(1);
        nanos.set(2 * SECOND);
        comparisons.set(0);
    }

    /** Each look shows less than the one before: whoever looks second has read the clock earlier. */
    @Override
    public long nanos() {
        return nanos.getAndAdd(-50);
    }

    @Override
    public long wallMillis() {
        comparisons.incrementAndGet();
        for (int i = 0; i < SLOW; i++) {
            Thread.onSpinWait();
        }
        return TimeUnit.NANOSECONDS.toMillis(nanos.get()) - setBackMillis;
    }

    @Actor
    public void look() {
        clock.now();
    }

    @Actor
    public void lookToo() {
        clock.now();
    }

    @Arbiter
    public void nextLook(LL_Result result) {
        result.r1 = comparisons.get();
        nanos.set(10 * SECOND);
        result.r2 = (clock.now() - 10 * SECOND) / SECOND;
    }
}
