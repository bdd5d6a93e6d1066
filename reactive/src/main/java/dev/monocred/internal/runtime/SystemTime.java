package dev.monocred.internal.runtime;

import dev.monocred.core.TimeSource;

/** The clocks of this machine: the only place that reads them. */
public enum SystemTime implements TimeSource {

    /** The one instance. */
    INSTANCE;

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }
}
