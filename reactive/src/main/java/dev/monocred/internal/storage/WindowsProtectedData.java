package dev.monocred.internal.storage;

import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Windows has no store for it but a way to seal: ProtectedData (DPAPI, current user), through PowerShell. The sealed secret
 * lies in a file of its own beside the cache.
 */
record WindowsProtectedData(SecretTools tools, Path directory, Supplier<Scheduler> io) implements SecretStore {

    private static final String MARKER = "monocred%";
    private static final String SHARED_FILE = "MONOCRED_SHARED_FILE";
    /** A file that begins with a brace was not sealed. */
    static final List<String> SHARED = script("$in = [IO.File]::ReadAllBytes($env:" + SHARED_FILE + ")", "$out = $in",
            "if ($in.Length -gt 0 -and $in[0] -ne 123) { $out = [System.Security.Cryptography.ProtectedData]::Unprotect("
                    + "$in, $null, 'CurrentUser') }");
    private static final SecretTools.Tool TOOL = new SecretTools.Tool(
            new Program("PowerShell", List.of(), List.of(), List.of("powershell.exe", "pwsh.exe"),
                    List.of("%SystemRoot%\\System32\\WindowsPowerShell\\v1.0", "%ProgramFiles%\\PowerShell\\7")),
            "Check that PowerShell runs and that the user's profile is loaded");

    @Override
    public Mono<String> find(String name) {
        return Mono.defer(() -> Mono.fromCallable(() -> file(name).read()).subscribeOn(io.get()))
                .onErrorMap(e -> !(e instanceof StorageFailure), e -> TOOL.failure("its file " + file(name).path()
                        + " cannot be read", e))
                .flatMap(sealed -> convert("Unprotect", new String(sealed, StandardCharsets.US_ASCII)));
    }

    @Override
    public Mono<Void> save(String name, String secret) {
        return convert("Protect", secret).flatMap(sealed -> Mono.fromCallable(() -> {
            file(name).write(sealed.getBytes(StandardCharsets.US_ASCII));
            return sealed;
        }).subscribeOn(io.get()).onErrorMap(e -> TOOL.failure("its file " + file(name).path() + " cannot be written", e))).then();
    }

    private CacheFile file(String name) {
        return new CacheFile(directory.resolve(name + ".key"));
    }

    /**
     * A file that another program sealed as a whole, base64; empty if it is not there. PowerShell reads it: such a file is
     * larger than what a program's input takes.
     */
    Mono<String> findShared(Path file) {
        return Mono.fromCallable(() -> "absent".equals(new CacheFile(file).version()) ? null : file)
                .onErrorMap(IOException.class, e -> FileStore.unusable(file, e)).subscribeOn(io.get())
                .flatMap(there -> tools.run(TOOL.forShared(), SHARED, Map.of(SHARED_FILE, there.toString()), ""))
                .flatMap(result -> answer(TOOL.forShared(), result));
    }

    private Mono<String> convert(String method, String base64) {
        return tools.run(TOOL, arguments(method), base64 + "\n").flatMap(result -> answer(TOOL, result));
    }

    private static Mono<String> answer(SecretTools.Tool tool, ProcessResult result) {
        return result.outputText().lines().map(String::strip).filter(line -> line.startsWith(MARKER))
                .map(line -> Mono.just(line.substring(MARKER.length()))).findFirst()
                .orElseGet(() -> Mono.error(tool.failure(SecretTools.complaint(result), null)));
    }

    /** The script is a constant for each method; what it seals comes through its input. */
    static List<String> arguments(String method) {
        return script("$in = [Convert]::FromBase64String([Console]::In.ReadLine())",
                "$out = [System.Security.Cryptography.ProtectedData]::" + method + "($in, $null, 'CurrentUser')");
    }

    /** Given bytes {@code $in}, what makes of them {@code $out}. */
    private static List<String> script(String... steps) {
        String script = String.join("\n",
                "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'",
                "Add-Type -AssemblyName System.Security",
                String.join("\n", steps),
                "[Console]::Out.WriteLine()",
                "[Console]::Out.WriteLine('" + MARKER + "' + [Convert]::ToBase64String($out))");
        return List.of("-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-EncodedCommand",
                Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_16LE)));
    }
}
