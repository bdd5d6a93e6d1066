package dev.monocred.testing;

import static dev.monocred.testing.ToolScript.azureCliToken;
import static dev.monocred.testing.ToolScript.azureDeveloperCliToken;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeToolTest {

    private final FakeTool tool = FakeTool.named("tool");

    @AfterEach
    void end() {
        tool.close();
    }

    private record Ended(int status, String output, String errors) {}

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tool.folder().resolve("tool").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(tool.folder().toFile());
        builder.environment().put("PATH", tool.folder().toString());
        builder.environment().put("TWO_LINES", "a\nb=c");
        return builder.start();
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output, errors);
    }

    @Test
    void doesNothingUntilItIsTold() throws Exception {
        assertThat(run()).isEqualTo(new Ended(0, "", ""));
    }

    @Test
    void doesItsStepsInOrder() throws Exception {
        tool.does(nothing().prints("it's\n").complains("50% \\n \"é\"").prints("end").exits(7).prints("never"));
        assertThat(run()).isEqualTo(new Ended(7, "it's\nend", "50% \\n \"é\""));
    }

    @Test
    void printsEveryByte() throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        tool.does(nothing().prints(bytes));
        assertThat(run().output()).isEqualTo(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Test
    void recordsHowItWasRun() throws Exception {
        run("a b", "", "'\"$x", "é\n-");
        RecordedToolRun run = tool.runs().get(0);
        assertThat(run.arguments()).containsExactly("a b", "", "'\"$x", "é\n-");
        assertThat(run.environment()).containsEntry("TWO_LINES", "a\nb=c").containsEntry("PATH", tool.folder().toString());
        assertThat(run.workingDirectory()).isEqualTo(tool.folder().toRealPath().toString());
        assertThat(run.processIds()).hasSize(1);
        assertThat(run.toString()).doesNotContain("TWO_LINES");
    }

    @Test
    void theNextRunsComeBeforeTheRest() throws Exception {
        tool.does(nothing().prints("rest"));
        assertThat(run().output()).isEqualTo("rest");
        tool.next(nothing().prints("one"), nothing().prints("two"));
        assertThat(List.of(run().output(), run().output(), run().output())).containsExactly("one", "two", "rest");
        assertThat(tool.runCount()).isEqualTo(4);
    }

    @Test
    void canDependOnAnArgument() throws Exception {
        tool.does("--tenant", nothing().prints("with"), nothing().prints("without"));
        assertThat(run("--tenant", "x").output()).isEqualTo("with");
        assertThat(run("--tenants").output()).isEqualTo("without");
    }

    @Test
    void holdsRunsBack() throws Exception {
        tool.does(nothing().prints("late")).holds();
        Process held = start();
        tool.awaitRuns(1);
        assertThat(held.isAlive()).isTrue();
        tool.releases();
        assertThat(held.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(held.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("late");
    }

    @Test
    void standsBesideAnother() throws Exception {
        FakeTool other = tool.beside("other");
        run();
        assertThat(other.folder()).isEqualTo(tool.folder());
        assertThat(other.runCount()).isZero();
    }

    @Test
    void readsInputFloodsWritesFilesAndIsKilled() throws Exception {
        Path file = tool.folder().resolve("it's a note");
        tool.does(nothing().echoesInput().floods(100_000).floodsErrors(70).writes(file.toString(), "é").isKilled());
        Ended ended = run();
        assertThat(ended.output()).hasSize(100_000);
        assertThat(ended.errors()).hasSize(70);
        assertThat(Files.readString(file)).isEqualTo("é");
        assertThat(ended.status()).isEqualTo(137);
    }

    @Test
    void startsAndLeavesProcesses() throws Exception {
        tool.does(nothing().ignoresTermination().leavesChildBehind().startsTree().hangs());
        Process process = start();
        tool.awaitRuns(1);
        while (tool.runs().get(0).processIds().size() < 4) {
            Thread.onSpinWait();
        }
        process.destroy();
        assertThat(process.waitFor(200, TimeUnit.MILLISECONDS)).as("ignores the request to end").isFalse();
        assertThat(tool.runs().get(0).processIds()).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        process.destroyForcibly();
        tool.runs().get(0).processIds().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void speaksAsTheToolsDo() throws Exception {
        Instant end = Instant.parse("2030-01-15T13:00:00Z");
        tool.does(azureCliToken("t", end));
        assertThat(run().output()).contains("\"accessToken\": \"t\"", "\"expires_on\": 1894712400");
        tool.does(azureDeveloperCliToken("t", end));
        assertThat(run().output()).contains("\"token\": \"t\"", "\"expiresOn\": \"2030-01-15T13:00:00Z\"");
    }

    @Test
    void leavesNoFileBehind() {
        FakeTool other = FakeTool.named("other");
        other.close();
        assertThat(other.folder()).doesNotExist();
    }

    @Test
    void itsEnvironmentLeadsToItAndNowhereElse() {
        assertThat(tool.environment().apply("PATH")).isEqualTo(tool.folder().toString());
        assertThat(tool.environment().apply("HOME")).isEqualTo(tool.folder().toString());
        assertThat(tool.environment().apply("AZURE_CONFIG_DIR")).isNull();
    }
}
