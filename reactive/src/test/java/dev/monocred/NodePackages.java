package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs of Node that tests run, from {@code src/test}. What a program consists of is installed below {@code target} by
 * {@code npm ci}, once for each lock file.
 */
final class NodePackages {

    private NodePackages() {}

    /** The folder with everything in it; skips the test, with a reason, where there is no Node, or no registry to be reached. */
    static Path installed(String name) throws IOException, InterruptedException {
        List<String> missing = Stream.of("node", "npm").filter(each -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .noneMatch(folder -> Files.isExecutable(Path.of(folder, each)))).toList();
        assumeTrue(missing.isEmpty(), () -> name + " is not tried, because this machine has no " + missing + " (Debian: nodejs, npm)");
        Path source = Path.of("src/test", name);
        Path target = Files.createDirectories(Path.of("target", name));
        Path done = target.resolve("installed-package-lock.json");
        boolean isInstalled = Files.exists(done) && Files.mismatch(source.resolve("package-lock.json"), done) == -1;
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!isInstalled) {
            install(name, target);
            Files.copy(source.resolve("package-lock.json"), done, StandardCopyOption.REPLACE_EXISTING);
        }
        return target.toAbsolutePath();
    }

    private static void install(String name, Path target) throws IOException, InterruptedException {
        Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").directory(target.toFile())
                .redirectErrorStream(true).start();
        String said = new String(npm.getInputStream().readAllBytes(), UTF_8);
        int status = npm.waitFor();
        assumeTrue(status == 0, () -> name + " is not tried, because npm could not install it: " + said);
    }
}
