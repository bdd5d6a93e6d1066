package dev.monocred.internal.runtime;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * What all credentials of a process share: one connection pool and two small thread pools (A-6, C-1). Made when the first
 * credential is used, disposed with the last one that used it; the next use makes another. Making it starts no thread:
 * the pools' threads are daemons, begin with the first task and end when idle (C-4).
 *
 * <p>Lock-free: the count of its users only grows from one, so whoever finds it at zero makes a new runtime.
 */
public final class SharedRuntime {

    private static final AtomicReference<@Nullable SharedRuntime> CURRENT = new AtomicReference<>();

    private final AtomicInteger users = new AtomicInteger(1);
    private final Scheduler io = scheduler("monocred-io");
    private final Scheduler process = scheduler("monocred-process");
    private final ConnectionProvider connections = PoolLimits.DEFAULTS.apply(ConnectionProvider.builder("monocred"));
    private final AtomicReference<@Nullable HttpClient> client = new AtomicReference<>();
    private final ConcurrentMap<Class<?>, Object> shared = new ConcurrentHashMap<>();

    private SharedRuntime() {}

    /** Makes a handle for one credential. Nothing is made or counted before its first use. */
    public static Lease lease() {
        return new Lease();
    }

    private static SharedRuntime retained() {
        while (true) {
            SharedRuntime present = CURRENT.get();
            if (present != null && present.retain()) {
                return present;
            }
            SharedRuntime fresh = new SharedRuntime();
            if (CURRENT.compareAndSet(present, fresh)) {
                return fresh;
            }
            fresh.dispose();
        }
    }

    private boolean retain() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    private void release() {
        if (users.decrementAndGet() == 0) {
            CURRENT.compareAndSet(this, null);
            dispose();
        }
    }

    private void dispose() {
        connections.dispose();
        HttpClient made = client.get();
        if (made != null && made.configuration().resolver() != null) {
            made.configuration().resolver().close();
        }
        // A pool ends under a lock that its own threads take too: whoever closes the last credential must not wait for it.
        daemons("monocred-end").newThread(() -> {
            io.dispose();
            process.dispose();
        }).start();
    }

    private HttpClient client() {
        HttpClient made = client.get();
        if (made != null) {
            return made;
        }
        HttpClient fresh = newClient();
        return client.compareAndSet(null, fresh) ? fresh : client();
    }

    /** N-5: netty's resolver never blocks an event loop; a moved host is found within a minute, a mended one at once. */
    private HttpClient newClient() {
        return HttpClient.create(connections)
                .resolver(dns -> dns.queryTimeout(Duration.ofSeconds(5))
                        .cacheMaxTimeToLive(Duration.ofSeconds(60))
                        .cacheNegativeTimeToLive(Duration.ZERO))
                // The library's own: Java's trust store, host names checked, 10 s for the handshake.
                .secure();
    }

    private <T> T shared(Class<T> type, Supplier<T> factory) {
        return type.cast(shared.computeIfAbsent(type, key -> factory.get()));
    }

    /** few threads and one queue, so that a stuck task never holds up a particular other one. */
    private static Scheduler scheduler(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(ThreadLimits.THREADS, ThreadLimits.THREADS,
                ThreadLimits.IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(ThreadLimits.QUEUE), daemons(name));
        executor.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(executor, name);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            // The last argument: thread locals of whoever comes first must not live on in our threads.
            Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), 0, false);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The size of each thread pool. */
    static final class ThreadLimits {

        static final int THREADS = 4;
        static final int QUEUE = 1000;
        static final long IDLE_SECONDS = 30;

        private ThreadLimits() {}
    }

    /**
     * The numbers of the connection pool: idle for less than load balancers and NAT keep a silent connection, and never
     * older than five minutes, because names move to other addresses.
     */
    record PoolLimits(int connections, int pending, Duration acquire, Duration idle, Duration life, Duration evict) {

        static final PoolLimits DEFAULTS = new PoolLimits(128, 1000, Duration.ofSeconds(10), Duration.ofSeconds(30),
                Duration.ofMinutes(5), Duration.ofSeconds(30));

        ConnectionProvider apply(ConnectionProvider.Builder pool) {
            return pool.lifo().maxConnections(connections).pendingAcquireMaxCount(pending).pendingAcquireTimeout(acquire)
                    .maxIdleTime(idle).maxLifeTime(life).evictInBackground(evict).build();
        }
    }

    /**
     * One credential's share. Takes the runtime at its first use and gives it back once. Safe for use by several threads.
     */
    public static final class Lease {

        /** Null before the first use; a runtime while used; {@link #RELEASED} at the end. */
        private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

        private static final Object RELEASED = new Object();

        private Lease() {}

        /** The HTTP client on the shared pool. The first call reads the trust store: make it on {@link #io()}. */
        public HttpClient httpClient() {
            return runtime().client();
        }

        /** Where files are read and the application's callbacks run; its threads may block. */
        public Scheduler io() {
            return runtime().io;
        }

        /** Where processes are watched, one thread each; its threads may block. */
        public Scheduler process() {
            return runtime().process;
        }

        /**
         * The one object of a class that all credentials share as long as any of them is open.
         *
         * @param type its class
         * @param factory makes it for whoever asks first; must not use the runtime
         */
        public <T> T shared(Class<T> type, Supplier<T> factory) {
            return runtime().shared(type, factory);
        }

        /** Gives the runtime back; further calls do nothing, further uses fail. */
        public void release() {
            if (state.getAndSet(RELEASED) instanceof SharedRuntime used) {
                used.release();
            }
        }

        private SharedRuntime runtime() {
            Object present = state.get();
            if (present instanceof SharedRuntime used) {
                return used;
            }
            if (present == RELEASED) {
                throw new IllegalStateException("credential is closed");
            }
            SharedRuntime taken = retained();
            if (state.compareAndSet(null, taken)) {
                return taken;
            }
            taken.release();
            return runtime();
        }
    }
}
