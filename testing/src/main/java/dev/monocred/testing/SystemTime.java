package dev.monocred.testing;

import dev.monocred.core.TimeSource;

/** The machine's own clocks. */
enum SystemTime implements TimeSource {
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
