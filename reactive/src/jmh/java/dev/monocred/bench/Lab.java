package dev.monocred.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One scenario's instruments: reports the median of each metric over its rounds when it closes. */
final class Lab implements AutoCloseable {

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    final String row;
    final String who;
    final boolean quick;
    private final Set<String> threadsBefore = threadNames();
    private final Set<String> threadsSince = new TreeSet<>();
    private final Map<String, List<Double>> rounds = new HashMap<>();

    Lab(String row, String who, boolean quick) {
        this.row = row;
        this.who = who;
        this.quick = quick;
    }

    /** Adds one round's value. */
    void add(String metric, double value) {
        rounds.computeIfAbsent(metric, m -> new ArrayList<>()).add(value);
    }

    /** Forgets the rounds so far: they were warm-up. */
    void forget() {
        rounds.clear();
    }

    static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    static long cpuOfThisThread() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Of all threads, the compiler's and the collector's too. */
    static double cpuMillisOfThisProcess() {
        return PROCESS.getProcessCpuTime() / 1e6;
    }

    static double bytesOfThisThread() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** Remembers which threads live now. */
    void lookAtThreads() {
        threadsSince.addAll(threadNames());
        add("peakThreads", THREADS.getPeakThreadCount() - threadsBefore.size());
    }

    private static Set<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> !t.getName().startsWith("C1 Comp")
                && !t.getName().startsWith("C2 Comp")).map(Thread::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    @Override
    public void close() {
        rounds.forEach((metric, values) -> {
            new Figure(row, who, metric, median(values)).print();
            System.out.println("NOTE " + row + " " + who + " " + metric + " rounds " + Arrays.toString(
                    values.stream().mapToLong(Math::round).toArray()));
        });
        threadsSince.removeAll(threadsBefore);
        Set<String> others = threadsSince.stream().filter(name -> !isEventLoop(name)).collect(Collectors.toCollection(TreeSet::new));
        if (!threadsSince.isEmpty()) {
            new Figure(row, who, "otherThreads", others.size()).print();
            System.out.println("NOTE " + row + " " + who + " threads beyond the event loops: " + others);
        }
    }

    private static boolean isEventLoop(String name) {
        return name.startsWith("reactor-http-") || name.startsWith("parallel-") || name.startsWith("reactor-tcp-");
    }
}
