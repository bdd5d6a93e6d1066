package dev.monocred.bench;

import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs JMH on one class path and prints what came out as {@link Figure} lines. Arguments: row, threads, quick, contenders
 * (comma), includes (comma).
 */
final class HitRows {

    private HitRows() {}

    public static void main(String... args) throws RunnerException {
        boolean quick = Boolean.parseBoolean(args[2]);
        OptionsBuilder options = new OptionsBuilder();
        Arrays.stream(args[4].split(",")).map(name -> "\\." + name + "$").forEach(options::include);
        options.param("contender", args[3].split(",")).threads(Integer.parseInt(args[1])).forks(1)
                .warmupIterations(quick ? 1 : 2).warmupTime(TimeValue.milliseconds(quick ? 700 : 1_500))
                .measurementIterations(quick ? 2 : 3).measurementTime(TimeValue.milliseconds(quick ? 300 : 1_000))
                .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT).shouldFailOnError(false)
                .jvmArgsAppend("-Xms512m", "-Xmx512m");
        for (RunResult result : new Runner(options.build()).run()) {
            print(args[0], result);
        }
        new Figure(args[0], args[3], "upstream", TokenService.requests()).print();
    }

    private static void print(String row, RunResult result) {
        String who = who(result.getParams());
        new Figure(row, who, "ns", result.getPrimaryResult().getScore()).print();
        for (String name : result.getSecondaryResults().keySet()) {
            if (name.endsWith("gc.alloc.rate.norm")) {
                new Figure(row, who, "bytes", result.getSecondaryResults().get(name).getScore()).print();
            }
        }
    }

    /** A floor is called after its method, without the row's name at the end. */
    private static String who(BenchmarkParams params) {
        if (params.getParamsKeys().contains("contender")) {
            return params.getParam("contender");
        }
        String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        return List.of("Hit", "Block", "Scopes").stream().filter(method::endsWith)
                .map(row -> method.substring(0, method.length() - row.length())).findFirst().orElse(method);
    }
}
