package dev.monocred.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * One measured number, and its way from the JVM that measured it to the one that judges.
 *
 * @param row the row of the table
 * @param who a contender or a floor
 * @param metric what was measured
 * @param value how much
 */
record Figure(String row, String who, String metric, double value) {

    private static final String MARK = "FIGURE ";

    void print() {
        System.out.printf(Locale.ROOT, "%s%s %s %s %.6f%n", MARK, row, who, metric, value);
    }

    static Optional<Figure> read(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        String[] part = line.substring(MARK.length()).split(" ", -1);
        return Optional.of(new Figure(part[0], part[1], part[2], Double.parseDouble(part[3])));
    }
}
