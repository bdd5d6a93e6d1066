package dev.monocred.internal.storage;

import static dev.monocred.testing.ToolScript.nothing;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.storage.FileStore.Layout;
import dev.monocred.internal.storage.SharedPlace.Kind;
import dev.monocred.testing.FakeTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Where each library keeps the cache that all share (token-cache.md 2), for systems that this is not, too. */
class SharedPlacesTest {

    private static final String CONTENT = "{\"Account\":{}}";
    private static final byte[] KEY = new byte[Envelope.KEY_BYTES];

    @TempDir
    private Path home;

    private final StorageThreads threads = new StorageThreads();
    private final FakeTool security = FakeTool.named("security");

    @AfterEach
    void end() {
        security.close();
        threads.close();
    }

    private SecretTools tools() {
        Executables executables = Executables.ofThisMachine(security.environment()::apply);
        return new SecretTools(new ProcessRunner(threads.real().io(), Schedulers.parallel(), executables), executables);
    }

    private SharedPlaces places() {
        return new SharedPlaces(home, threads.real(), this::sealed);
    }

    private FileStore sealed(String name) {
        return new FileStore(Mono.just(new Layout(home.resolve(name + ".sealed"), new Envelope(KEY, name))), threads.real());
    }

    private static List<String> contents(List<SharedPlace> places) {
        return Objects.requireNonNull(StorageThreads.value(Flux.fromIterable(places).concatMap(SharedPlace::content)
                .map(bytes -> new String(bytes, UTF_8)).collectList()));
    }

    @Test
    void macAsksForEveryLibrarysItem() {
        security.does(nothing().exits(44));

        assertThat(contents(places().mac(new MacKeychain(tools())))).isEmpty();

        assertThat(security.runs()).extracting(run -> run.arguments().get(2) + " " + run.arguments().get(4)).containsExactly(
                "Microsoft.Developer.IdentityService MSALCache.nocae", "Microsoft.Developer.IdentityService MSALCache.cae",
                "Microsoft.Developer.IdentityService msal.cache.nocae", "Microsoft.Developer.IdentityService msal.cache.cae",
                "Microsoft.Developer.IdentityService MSALCache", "msal.cache MSALCache", "msal.cache.cae MSALCache");
    }

    @Test
    void macPrintsWhatIsNotPlainTextInHexadecimal() {
        String text = "{\"name\":\"Zoë\"}";
        security.does("MSALCache", nothing().prints(HexFormat.of().formatHex(text.getBytes(UTF_8)) + "\n"), nothing().exits(44));

        assertThat(contents(places().mac(new MacKeychain(tools())))).containsOnly(text);
    }

    @Test
    void aLockedKeychainIsAFailureThatSaysWhatItWasFor() {
        security.does(nothing().complains("User interaction is not allowed.").exits(36));

        assertThat(StorageThreads.failure(new MacKeychain(tools()).findShared("service", "account"))).hasMessage("security cannot"
                + " be used to read what other programs keep: it ended with status 36 (User interaction is not allowed.). Unlock"
                + " the login keychain ('security unlock-keychain')");
    }

    @Test
    void secretsComeAsTheyAreOrInBase64OrAsNothingThatIsACache() {
        assertThat(SharedPlaces.decoded(" " + CONTENT + "\n")).asString(UTF_8).isEqualTo(CONTENT);
        assertThat(SharedPlaces.decoded(Base64.getEncoder().encodeToString(CONTENT.getBytes(UTF_8)))).asString(UTF_8).isEqualTo(CONTENT);
        assertThat(SharedPlaces.decoded("7b7")).isEmpty();
        assertThat(SharedPlaces.decoded("")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"PLAIN", "CAE"})
    void aCacheOfOurOwnIsOpened(Kind kind) {
        String name = kind == Kind.CAE ? "msal.cache.cae" : "msal.cache.nocae";
        StorageThreads.value(sealed(name).write(CONTENT.getBytes(UTF_8)));
        security.does(nothing().exits(44));

        List<SharedPlace> found = places().mac(new MacKeychain(tools())).stream()
                .filter(place -> StorageThreads.value(place.content()) != null).toList();

        assertThat(found).singleElement().satisfies(place -> {
            assertThat(place.isFor(kind == Kind.CAE)).isTrue();
            assertThat(place.isFor(kind != Kind.CAE)).isFalse();
            assertThat(place.store()).isNotNull();
        });
    }

    @Test
    void aKeyIsNotAskedForWhereNothingIsSealed() {
        SharedPlaces places = new SharedPlaces(home, threads.real(), name -> new FileStore(
                Mono.error(new AssertionError("asked for a key")), threads.real()));
        security.does(nothing().exits(44));

        assertThat(contents(places.mac(new MacKeychain(tools())))).isEmpty();
        assertThat(home).isEmptyDirectory();
    }

    /** No Windows here: what PowerShell would be told, and that it is started only where a file is. */
    @Test
    void windowsLetsPowerShellReadEachFile() throws Exception {
        String script = new String(Base64.getDecoder().decode(WindowsProtectedData.SHARED.get(5)), UTF_16LE);
        assertThat(script).contains("[IO.File]::ReadAllBytes($env:MONOCRED_SHARED_FILE)",
                "ProtectedData]::Unprotect($in, $null, 'CurrentUser')", "[Convert]::ToBase64String($out)").doesNotContain(home.toString());
        List<SharedPlace> places = places().windows(new WindowsProtectedData(tools(), home, threads.real().io()));
        assertThat(contents(places)).as("no file").isEmpty();

        Files.write(home.resolve("msal.cache.cae"), new byte[] {1, 0, 0, 0});

        assertThat(places).filteredOn(place -> place.isFor(true)).anySatisfy(place ->
                assertThat(StorageThreads.failure(place.content())).as("no PowerShell here").isInstanceOf(StorageFailure.class)
                        .hasMessageContaining("PowerShell cannot be used to read what other programs keep"));
        assertThat(places).filteredOn(place -> place.isFor(false)).allSatisfy(place ->
                assertThat(StorageThreads.value(place.content())).isNull());
    }
}
