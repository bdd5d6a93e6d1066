package dev.monocred.races;

import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * Runs all race tests and fails if one fails, or if not all of them ran: jcstress itself goes past a test that has more
 * actors than the machine has processors, and says nothing. The first argument is the number of tests, the others are
 * jcstress's own.
 */
public final class Races {

    private Races() {}

    public static void main(String[] arguments) throws Exception {
        int expected = Integer.parseInt(arguments[0]);
        Options options = new Options(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (!options.parse()) {
            throw new IllegalArgumentException(String.join(" ", arguments));
        }
        JCStress jcstress = new JCStress(options);
        jcstress.run();
        check(expected, new TreeSet<>(jcstress.getTests()), results(options.getResultFile()));
    }

    private static Collection<TestResult> results(String file) throws Exception {
        InProcessCollector collector = new InProcessCollector();
        new DiskReadCollector(file, collector).dump();
        return collector.getTestResults();
    }

    private static void check(int expected, TreeSet<String> planned, Collection<TestResult> results) {
        TreeSet<String> ran = new TreeSet<>();
        TreeSet<String> failed = new TreeSet<>();
        for (TestResult result : results) {
            ran.add(result.getName());
            if (result.status() != Status.NORMAL || !result.grading().isPassed) {
                failed.add(result.getName());
            }
        }
        System.out.printf("Race tests run: %d, failed: %d, results: %d%n", ran.size(), failed.size(), results.size());
        if (!failed.isEmpty() || !ran.equals(planned) || ran.size() != expected) {
            System.out.printf("Race tests FAILED: failed %s, found %s, ran %s; expected are %d (jcstress.tests in reactive/pom.xml)%n",
                    failed, planned, ran, expected);
            System.exit(1);
        }
    }
}
