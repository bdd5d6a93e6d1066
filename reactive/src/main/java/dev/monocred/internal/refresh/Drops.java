package dev.monocred.internal.refresh;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Where errors go that nobody waits for: to Reactor's hook, and no further. */
final class Drops {

    private static final Logger LOG = LoggerFactory.getLogger(Drops.class);

    private Drops() {}

    /** Hands over what user code threw; a hook that throws in turn reaches nobody either (F-14). */
    static void error(Throwable thrown, Context context) {
        try {
            Operators.onErrorDropped(thrown, context);
        } catch (RuntimeException hookFailed) {
            LOG.warn("The onErrorDropped hook failed", hookFailed);
        }
    }
}
