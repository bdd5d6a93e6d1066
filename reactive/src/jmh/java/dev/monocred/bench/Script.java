package dev.monocred.bench;

import java.util.Arrays;

/**
 * What the token service does from now on.
 *
 * @param delayMillis how long it thinks
 * @param status what it answers
 * @param expiresInSeconds how long its tokens live
 * @param badDelayMillis how long it thinks before it fails a tenant whose name starts with "bad"
 */
record Script(long delayMillis, int status, long expiresInSeconds, long badDelayMillis) {

    static Script prompt() {
        return new Script(0, 200, 3_600, 0);
    }

    Script delay(long millis) {
        return new Script(millis, status, expiresInSeconds, badDelayMillis);
    }

    Script status(int code) {
        return new Script(delayMillis, code, expiresInSeconds, badDelayMillis);
    }

    Script expiresIn(long seconds) {
        return new Script(delayMillis, status, seconds, badDelayMillis);
    }

    Script badDelay(long millis) {
        return new Script(delayMillis, status, expiresInSeconds, millis);
    }

    String line() {
        return delayMillis + " " + status + " " + expiresInSeconds + " " + badDelayMillis;
    }

    static Script parse(String line) {
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Script(n[0], (int) n[1], n[2], n[3]);
    }
}
