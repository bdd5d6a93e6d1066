package dev.monocred;

import dev.monocred.core.TokenCredential;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * A credential and the fake host behind it.
 *
 * @param time of both
 * @param credential under test
 * @param upstream how many requests the host has seen
 * @param hold makes it hold its answers back
 * @param release gives them
 * @param refuse makes it refuse the next request for good
 * @param end ends it
 * @param secrets what must never be printed
 */
record HostSubject(ManualTime time, TokenCredential credential, IntSupplier upstream, Runnable hold, Runnable release,
        Runnable refuse, Runnable end, List<String> secrets) implements Subject {

    @Override
    public int upstreamRequests() {
        return upstream.getAsInt();
    }

    @Override
    public void holdAnswers() {
        hold.run();
    }

    @Override
    public void releaseAnswers() {
        release.run();
    }

    @Override
    public void refuseNext() {
        refuse.run();
    }

    @Override
    public void close() {
        credential.close().block();
        end.run();
    }
}
