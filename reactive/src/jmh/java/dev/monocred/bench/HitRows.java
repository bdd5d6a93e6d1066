package dev.monocred.bench;

import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs JMH on one class path and prints what came out as {@link Figure}s. Arguments: row, what to add to each name, threads,
 * quick, contenders (comma), includes (comma).
 */
final class HitRows {

    private final String row;
    private final String suffix;

    private HitRows(String row, String suffix) {
        this.row = row;
        this.suffix = suffix;
    }

    public static void main(String... args) throws RunnerException {
        boolean quick = Boolean.parseBoolean(args[3]);
        OptionsBuilder options = new OptionsBuilder();
        Arrays.stream(args[5].split(",")).map(name -> "\\." + name + "$").forEach(options::include);
        options.param("contender", args[4].split(",")).threads(Integer.parseInt(args[2])).forks(1)
                .warmupIterations(quick ? 1 : 2).warmupTime(TimeValue.milliseconds(quick ? 700 : 1_000))
                .measurementIterations(quick ? 2 : 3).measurementTime(TimeValue.milliseconds(quick ? 300 : 700))
                .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT).shouldFailOnError(false)
                .jvmArgsAppend("-Xms512m", "-Xmx512m");
        HitRows rows = new HitRows(args[0], args[1]);
        new Runner(options.build()).run().forEach(rows::print);
        new Figure(args[0], args[4] + args[1], "upstream", TokenService.requests()).print();
    }

    private void print(RunResult result) {
        String who = who(result.getParams()) + suffix;
        new Figure(row, who, "ns", result.getPrimaryResult().getScore()).print();
        for (String name : result.getSecondaryResults().keySet()) {
            if (name.endsWith("gc.alloc.rate.norm")) {
                new Figure(row, who, "bytes", result.getSecondaryResults().get(name).getScore()).print();
            }
        }
    }

    /** A contender, or the floor's type; beside another row's figures, "-hit" says which these are. */
    private String who(BenchmarkParams params) {
        String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        boolean isContender = params.getParamsKeys().contains("contender");
        String kind = isContender ? method : method.replaceFirst("fromSupplier|defer|mapGet", "").toLowerCase(Locale.ROOT);
        String who = isContender ? params.getParam("contender") : method.substring(0, method.length() - kind.length());
        return kind.equals("hit") && !row.startsWith("hit") && !who.equals("mapGet") ? who + "-hit" : who;
    }
}
