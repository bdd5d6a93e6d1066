package dev.monocred.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What DESIGN section 6 asks for, and whether it holds. */
final class Gates {

    /** Where a ratio's other half stands; {@code null} for the contender itself. */
    private record Base(String row, @Nullable String who) {}

    /**
     * One line of the table.
     *
     * @param title the case
     * @param must what DESIGN says
     * @param row the row of the figures
     * @param metric the metric
     * @param unit how to print it
     * @param base what the limit is a multiple of; {@code null} if it is absolute
     * @param limit at most this
     */
    private record Gate(String title, String must, String row, String metric, String unit, @Nullable Base base, double limit) {}

    private static final String OURS = "monocred";
    private static final String PEER = "azure-identity";
    private static final double SHOWN = Double.POSITIVE_INFINITY;

    private static final List<Gate> ALL = List.of(
            times("cached `getToken` + `subscribe`", "≤ 1.5 × `fromSupplier`", "hit", "ns", "ns", "hit", "fromSupplier", 1.5),
            most("… bytes", "≤ 72 B", "hit", "bytes", "B", 72),
            times("cached `block()`", "≤ 2 × `fromSupplier`", "block", "ns", "ns", "block", "fromSupplier", 2),
            most("… bytes", "≤ 24 B", "block", "bytes", "B", 24),
            times("bearer token provider", "≤ 1.2 × the first row", "bearer", "ns", "ns", "hit", null, 1.2),
            most("… token requests sent", "0", "bearer", "upstream", "", 0),
            times("2 threads, `subscribe`, per op", "≤ 1.2 × one thread", "hit2", "ns", "ns", "hit", null, 1.2),
            times("2 threads, `block()`, per op", "≤ 1.2 × one thread", "block2", "ns", "ns", "block", null, 1.2),
            times("500 warm scopes", "as one scope (≤ 1.2 ×)", "scopes", "ns", "ns", "hit", null, 1.2),
            most("1,000 cold subscribers: upstream", "1", "herd1000", "upstream", "", 1),
            times("… wall", "≤ 1.1 × floor", "herd1000", "wallMs", "ms", "herd1000", "floor", 1.1),
            most("10,000 cold subscribers: upstream", "1", "herd10000", "upstream", "", 1),
            times("… wall", "≤ 1.1 × floor", "herd10000", "wallMs", "ms", "herd10000", "floor", 1.1),
            most("… CPU to join", "≤ 2 ms", "herd10000", "joinCpuMs", "ms", 2),
            most("… bytes to join", "≤ 1 MB", "herd10000", "joinBytes", "B", 1_000_000),
            most("… threads at the peak", "shown", "herd10000", "peakThreads", "", SHOWN),
            most("… CPU of the process", "shown", "herd10000", "cpuMs", "ms", SHOWN),
            most("… errors", "0", "herd10000", "errors", "", 0),
            most("1,000 at refresh time: upstream", "1", "due", "upstream", "", 1),
            most("… who had to wait", "0", "due", "waited", "", 0),
            most("… wall", "shown", "due", "wallMs", "ms", SHOWN),
            times("500 tenants cold, 200 ms: wall", "≤ 1.5 × floor", "tenants", "wallMs", "ms", "tenants", "floor", 1.5),
            most("… CPU of the process", "shown", "tenants", "cpuMs", "ms", SHOWN),
            most("… connections opened in all", "shown", "tenants", "connections", "", SHOWN),
            most("… threads beyond the event loops", "0", "tenants", "otherThreads", "", 0),
            most("… errors", "0", "tenants", "errors", "", 0),
            times("noisy neighbour: median hit", "unchanged (≤ 1.2 × floor)", "neighbour", "noisyMedianUs", "µs", "neighbour", "floor",
                    1.2),
            most("… without the neighbour", "shown", "neighbour", "quietMedianUs", "µs", SHOWN),
            most("… hits that waited", "0", "neighbour", "noisyWaited", "", 0),
            most("… slowest hit", "shown", "neighbour", "noisyMaxUs", "µs", SHOWN),
            most("outage of 5 s, 200 callers: errors", "0", "outage", "errors", "", 0),
            most("… answers that waited", "0", "outage", "waited", "", 0),
            most("… upstream", "≤ 5", "outage", "upstream", "", 5),
            most("… longest wait", "shown", "outage", "maxMs", "ms", SHOWN),
            most("memory per entry, without token text", "≤ 300 B", "memory", "entryBytes", "B", 300),
            times("first token in a fresh JVM", "≤ 1.1 × floor", "first", "wallMs", "ms", "first", "floor", 1.1),
            most("… CPU until then", "shown", "first", "cpuMs", "ms", SHOWN),
            most("footprint: jars", "30", "footprint", "jars", "", 30),
            most("footprint: size", "≤ 12 MB", "footprint", "megabytes", "MB", 12));

    private Gates() {}

    private static Gate times(String title, String must, String row, String metric, String unit, String baseRow,
            @Nullable String baseWho, double limit) {
        return new Gate(title, must, row, metric, unit, new Base(baseRow, baseWho), limit);
    }

    private static Gate most(String title, String must, String row, String metric, String unit, double limit) {
        return new Gate(title, must, row, metric, unit, null, limit);
    }

    /** The table, in Markdown. */
    static List<String> table(Results results) {
        List<String> lines = new ArrayList<>();
        lines.add("| case | must reach | floor | Monocred | azure-identity | verdict |");
        lines.add("|---|---|---|---|---|---|");
        for (Gate gate : ALL) {
            if (List.of(floor(gate, results), OURS, PEER).stream().allMatch(who -> shown(gate, who, results).equals("–"))) {
                continue;
            }
            lines.add("| " + String.join(" | ", gate.title, gate.must, shown(gate, floor(gate, results), results),
                    shown(gate, OURS, results), shown(gate, PEER, results), verdict(gate, results)) + " |");
        }
        return lines;
    }

    /** The floor of hits is Reactor's own type, of the rest the bare client. */
    private static String floor(Gate gate, Results results) {
        return results.get(gate.row, "fromSupplier", gate.metric).isPresent() ? "fromSupplier" : "floor";
    }

    private static String shown(Gate gate, String who, Results results) {
        OptionalDouble value = results.get(gate.row, who, gate.metric);
        if (value.isEmpty()) {
            return "–";
        }
        OptionalDouble judged = judged(gate, who, results);
        String number = number(value.getAsDouble()) + (gate.unit.isEmpty() ? "" : " " + gate.unit);
        return gate.base == null || judged.isEmpty() || who.equals(gate.base.who)
                ? number : number + " (" + number(judged.getAsDouble()) + " ×)";
    }

    private static OptionalDouble judged(Gate gate, String who, Results results) {
        OptionalDouble value = results.get(gate.row, who, gate.metric);
        if (gate.base == null || value.isEmpty()) {
            return value;
        }
        OptionalDouble base = results.get(gate.base.row, gate.base.who == null ? who : gate.base.who, gate.metric);
        return base.isEmpty() ? base : OptionalDouble.of(value.getAsDouble() / base.getAsDouble());
    }

    private static String verdict(Gate gate, Results results) {
        OptionalDouble judged = judged(gate, OURS, results);
        if (gate.limit == SHOWN || judged.isEmpty()) {
            return "–";
        }
        return Math.round(judged.getAsDouble() * 100) <= Math.round(gate.limit * 100) ? "PASS" : "MISS";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == Math.rint(value) ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
