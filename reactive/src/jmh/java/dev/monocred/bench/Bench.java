package dev.monocred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Runs the rows and prints the table. This JVM only conducts: the token server has one of its own, and so has each contender
 * in each row, on the class path that its users have. The contenders of a row follow each other at once, round after round,
 * so that what else the machine does falls on all of them.
 *
 * <p>Argument: {@code full}, {@code smoke}, or the names of rows, separated by commas.
 */
final class Bench {

    /** A row of cached hits; a 2 at the end of its name is the number of threads. */
    private record HitRow(String name, List<String> ours, List<String> floors, List<String> peers) {}

    private static final List<HitRow> HITS = List.of(
            new HitRow("hit", List.of("floor", "monocred"), List.of("fromSupplierHit", "deferHit", "mapGet"),
                    List.of("azure-identity")),
            new HitRow("hit2", List.of("floor", "monocred"), List.of("fromSupplierHit"), List.of("azure-identity")),
            new HitRow("block", List.of("floor", "monocred"), List.of("fromSupplierBlock", "deferBlock"),
                    List.of("azure-identity", "azure-identity-sync")),
            new HitRow("block2", List.of("floor", "monocred"), List.of("fromSupplierBlock"), List.of("azure-identity")),
            new HitRow("bearer", List.of("monocred"), List.of(), List.of("azure-identity")),
            new HitRow("scopes", List.of("floor", "monocred"), List.of("fromSupplierScopes"), List.of("azure-identity")));
    private static final List<String> STORIES =
            List.of("herd1000", "herd10000", "due", "tenants", "neighbour", "outage", "memory", "first", "footprint");
    /** The bare client knows neither a refresh ahead nor a bound. */
    private static final Map<String, List<String>> NOT_IN = Map.of("floor", List.of("due", "outage"));
    private static final List<String> CONTENDERS = List.of("floor", "monocred", "azure-identity");

    private final Path directory = Path.of(System.getProperty("bench.directory"));
    private final Results results = new Results();
    private final boolean quick;
    private final List<String> chosen;
    private final List<String> serviceFlags = new ArrayList<>();

    private Bench(String what) {
        quick = what.equals("smoke");
        chosen = quick || what.equals("full") ? List.of() : Arrays.asList(what.split(",", -1));
    }

    public static void main(String... args) throws Exception {
        new Bench(args[0]).run();
    }

    private void run() throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        long start = System.nanoTime();
        TestCertificate certificate = TestCertificate.make(directory);
        Process server = startServer(certificate);
        try {
            for (HitRow row : HITS) {
                if (runs(row.name)) {
                    hitRow(row);
                }
            }
            for (String row : STORIES) {
                if (runs(row)) {
                    story(row);
                }
            }
        } finally {
            server.destroy();
        }
        report((System.nanoTime() - start) / 1_000_000_000, load);
    }

    private boolean runs(String row) {
        return chosen.isEmpty() || chosen.contains(row);
    }

    private Process startServer(TestCertificate certificate) throws IOException {
        Process server = new ProcessBuilder(java(List.of("-Xmx1g"), own(), TokenServer.class, certificate.keys().toString(),
                certificate.password())).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String[] ready = server.inputReader(UTF_8).readLine().split(" ", -1);
        boolean plain = ready[1].equals("443");
        serviceFlags.addAll(certificate.trustFlags());
        serviceFlags.add("-Dbench.authority=https://localhost" + (plain ? "" : ":" + ready[1]));
        serviceFlags.add("-Dbench.admin=" + ready[2]);
        if (!plain) {
            say("port 443 is not to be had: the figures of azure-identity are WITHOUT its cache");
        }
        return server;
    }

    private void hitRow(HitRow row) throws IOException, InterruptedException {
        String threads = row.name.endsWith("2") ? "2" : "1";
        String method = row.name.replace("2", "");
        String peers = method.equals("bearer") ? withoutHttp() + File.pathSeparator + peer() : peer();
        for (int round = 0; round < (quick ? 1 : 3); round++) {
            jmh(own(), row.name, threads, row.ours, method, row.floors);
            jmh(peers, row.name, threads, row.peers, method, List.of());
        }
    }

    private void jmh(String classPath, String row, String threads, List<String> contenders, String method, List<String> floors)
            throws IOException, InterruptedException {
        List<String> includes = new ArrayList<>();
        floors.forEach(floor -> includes.add("FloorBenchmark." + floor));
        if (!contenders.isEmpty()) {
            includes.add("HitBenchmark." + method);
        }
        if (!includes.isEmpty()) {
            child(serviceFlags, classPath + File.pathSeparator + System.getProperty("bench.jmh.classpath"), this::take,
                    HitRows.class, row, threads, String.valueOf(quick), contenders.isEmpty() ? "none" : String.join(",", contenders),
                    String.join(",", includes));
        }
    }

    private void story(String row) throws IOException, InterruptedException {
        if (row.equals("first")) {
            firstTokens();
            return;
        }
        for (String who : CONTENDERS) {
            if (row.equals("footprint")) {
                footprint(who);
            } else if (!NOT_IN.getOrDefault(who, List.of()).contains(row)) {
                child(flags(row), classPath(who), this::take, Scenarios.class, row, who, String.valueOf(quick));
            }
        }
    }

    private List<String> flags(String row) {
        List<String> flags = new ArrayList<>(serviceFlags);
        flags.addAll(List.of("-Xms1g", "-Xmx1g"));
        flags.addAll(List.of(System.getProperty("bench.flags", "").split(" ", 0)).stream().filter(f -> !f.isEmpty()).toList());
        if (row.equals("memory")) {
            flags.addAll(List.of("-XX:+UseSerialGC", "-XX:SoftRefLRUPolicyMSPerMB=0",
                    "-Dio.netty.allocator.type=unpooled")); // so that what is left is left because of the tokens
        }
        return flags;
    }

    /** Contenders take turns; the first turn warms the machine's file cache. */
    private void firstTokens() throws IOException, InterruptedException {
        for (int turn = 0; turn < (quick ? 3 : 12); turn++) {
            for (String who : CONTENDERS) {
                boolean counts = turn > 0;
                long start = System.nanoTime();
                child(serviceFlags, classPath(who), line -> {
                    if (counts && line.startsWith("TOKEN ")) {
                        results.add(new Figure("first", who, "wallMs", (System.nanoTime() - start) / 1e6));
                        String[] part = line.split(" ", -1);
                        results.add(new Figure("first", who, "mainMs", Double.parseDouble(part[1])));
                        results.add(new Figure("first", who, "cpuMs", Double.parseDouble(part[2])));
                    }
                }, FirstToken.class, who);
            }
        }
    }

    private void footprint(String who) throws IOException {
        if (who.equals("floor")) {
            return;
        }
        String classPath = who.equals("monocred") ? System.getProperty("bench.classpath") : peerOnly();
        String[] entries = classPath.split(File.pathSeparator, -1);
        long bytes = 0;
        for (String entry : entries) {
            bytes += Files.isDirectory(Path.of(entry)) ? zipped(Path.of(entry)) : Files.size(Path.of(entry));
        }
        results.add(new Figure("footprint", who, "jars", entries.length));
        results.add(new Figure("footprint", who, "megabytes", bytes / 1e6));
    }

    /** A module of ours that is not packed yet, as large as its jar will be. */
    private static long zipped(Path classes) throws IOException {
        long[] size = {0};
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int b) {
                size[0]++;
            }
        };
        try (ZipOutputStream zip = new ZipOutputStream(counter); Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return size[0];
    }

    private String classPath(String who) throws IOException {
        return who.equals("azure-identity") ? peer() : own();
    }

    private String own() {
        return directory.resolve("classes") + File.pathSeparator + System.getProperty("bench.classpath");
    }

    private String peer() throws IOException {
        return directory.resolve("classes") + File.pathSeparator + peerOnly();
    }

    private String peerOnly() throws IOException {
        return Files.readString(directory.resolve("peer.classpath")).strip();
    }

    /** A directory that makes {@link NoHttp} azure-core's default client. */
    private String withoutHttp() throws IOException {
        Path service = directory.resolve("no-http/META-INF/services/com.azure.core.http.HttpClientProvider");
        Files.createDirectories(service.getParent());
        Files.writeString(service, "dev.monocred.bench.NoHttp\n");
        return directory.resolve("no-http").toString();
    }

    private void take(String line) {
        Figure.read(line).ifPresentOrElse(results::add, () -> {
            if (line.startsWith("NOTE ")) {
                say(line.substring(5));
            }
        });
    }

    private void child(List<String> flags, String classPath, Consumer<String> lines, Class<?> main, String... args)
            throws IOException, InterruptedException {
        say(main.getSimpleName() + " " + String.join(" ", args));
        Path errors = directory.resolve("errors.log");
        Process child = new ProcessBuilder(java(flags, classPath, main, args))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile())).start();
        try (BufferedReader out = child.inputReader(UTF_8)) {
            out.lines().forEach(lines);
        }
        if (child.waitFor() != 0) {
            say("FAILED: " + main.getSimpleName() + " " + String.join(" ", args) + ", see " + errors);
        }
    }

    private static List<String> java(List<String> flags, String classPath, Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        Collections.addAll(command, "-cp", classPath, main.getName());
        Collections.addAll(command, args);
        return command;
    }

    private void report(long seconds, double load) throws IOException {
        List<String> table = Gates.table(results);
        Files.write(directory.resolve("figures.csv"), results.lines());
        Files.write(directory.resolve("report.md"), table);
        results.lines().forEach(System.out::println);
        table.forEach(System.out::println);
        say("took " + seconds + " s, load before it " + load + "; PASS " + count(table, "PASS") + ", MISS " + count(table, "MISS"));
    }

    private static long count(List<String> table, String verdict) {
        return table.stream().filter(line -> line.endsWith(verdict + " |")).count();
    }

    private static void say(String what) {
        System.out.println("# " + what);
    }
}
