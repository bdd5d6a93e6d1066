package dev.monocred.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** All figures of a run; where there are several of one kind, their median counts. */
final class Results {

    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    void add(Figure figure) {
        figures.computeIfAbsent(key(figure.row(), figure.who(), figure.metric()), k -> new ArrayList<>()).add(figure.value());
    }

    OptionalDouble get(String row, String who, String metric) {
        List<Double> values = figures.get(key(row, who, metric));
        return values == null ? OptionalDouble.empty() : OptionalDouble.of(median(values));
    }

    /** The ratio of two figures; the median over rounds if both were measured in each. */
    OptionalDouble ratio(String row, String who, String baseRow, String baseWho, String metric) {
        List<Double> values = figures.getOrDefault(key(row, who, metric), List.of());
        List<Double> bases = figures.getOrDefault(key(baseRow, baseWho, metric), List.of());
        if (values.isEmpty() || bases.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(values.size() == bases.size()
                ? median(IntStream.range(0, values.size()).mapToObj(i -> values.get(i) / bases.get(i)).toList())
                : median(values) / median(bases));
    }

    /** One line for each figure, for whoever wants to reckon with them. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        figures.forEach((key, values) -> lines.add(String.format(Locale.ROOT, "%s,%.3f,%s", key.replace(' ', ','), median(values),
                values)));
        return lines;
    }

    private static String key(String row, String who, String metric) {
        return row + " " + who + " " + metric;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
