package dev.monocred.internal.storage;

import dev.monocred.internal.storage.FileStore.Layout;
import dev.monocred.internal.storage.FileStore.Threads;
import dev.monocred.internal.storage.SharedPlace.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * The table of token-cache.md 2: each library keeps the cache that all share in a place of its own. Secret stores and sealed
 * files of others are only read: what we wrote there, the others could no longer open.
 *
 * @param directory where the files are
 * @param threads where files are read
 * @param sealed a cache of our own by its name
 */
record SharedPlaces(Path directory, Threads threads, Function<String, FileStore> sealed) {

    static final String SEALED = ".sealed";

    private static final String SERVICE = "Microsoft.Developer.IdentityService";
    private static final String ACCOUNT = "MSALCache";
    private static final String SCHEMA = "xdg:schema";
    private static final String BRACE = "7b";

    /** Java and .NET mix all caches in one entry; Python has one for each, JavaScript one for all. */
    List<SharedPlace> linux(LinuxSecretService keyring) {
        return withFiles(Stream.of(
                entry(Kind.MIXED, keyring, SCHEMA, "msal.cache", "MsalClientID", SERVICE),
                entry(Kind.MIXED, keyring, SCHEMA, "msal.cache", "MsalClientID", SERVICE, SERVICE, "1.0.0.0"),
                entry(Kind.PLAIN, keyring, SCHEMA, name(Kind.PLAIN), "MsalClientID", SERVICE),
                entry(Kind.CAE, keyring, SCHEMA, name(Kind.CAE), "MsalClientID", SERVICE),
                entry(Kind.MIXED, keyring, SCHEMA, "org.freedesktop.Secret.Generic", "service", SERVICE, "account", ACCOUNT)));
    }

    private static SharedPlace entry(Kind kind, LinuxSecretService keyring, String... attributes) {
        return SharedPlace.readOnly(kind, keyring.findShared(List.of(attributes)).map(SharedPlaces::decoded));
    }

    /** In this order: Java, .NET, Python and JavaScript, Go. */
    List<SharedPlace> mac(MacKeychain keychain) {
        return withFiles(Stream.of(
                item(Kind.PLAIN, keychain, SERVICE, ACCOUNT + ".nocae"), item(Kind.CAE, keychain, SERVICE, ACCOUNT + ".cae"),
                item(Kind.PLAIN, keychain, SERVICE, name(Kind.PLAIN)), item(Kind.CAE, keychain, SERVICE, name(Kind.CAE)),
                item(Kind.MIXED, keychain, SERVICE, ACCOUNT),
                item(Kind.PLAIN, keychain, name(Kind.MIXED), ACCOUNT), item(Kind.CAE, keychain, name(Kind.CAE), ACCOUNT)));
    }

    private static SharedPlace item(Kind kind, MacKeychain keychain, String service, String account) {
        return SharedPlace.readOnly(kind, keychain.findShared(service, account).map(SharedPlaces::decoded));
    }

    /** All libraries share files there, each sealed as a whole. */
    List<SharedPlace> windows(WindowsProtectedData sealing) {
        return Stream.concat(ours(), Stream.of(Kind.values()).map(kind -> SharedPlace.readOnly(kind,
                sealing.findShared(file(kind)).map(SharedPlaces::decoded)))).toList();
    }

    /** Files as they are: the fallback of most libraries, and with a secret store empty, only to announce changes. */
    private List<SharedPlace> withFiles(Stream<SharedPlace> secrets) {
        Stream<SharedPlace> files = Stream.of(Kind.values()).map(kind -> {
            FileStore file = new FileStore(Mono.just(new Layout(file(kind), Codec.PLAIN)), threads);
            return new SharedPlace(kind, file.read(), file);
        });
        return Stream.of(ours(), secrets, files).flatMap(Function.identity()).toList();
    }

    private Stream<SharedPlace> ours() {
        return Stream.of(Kind.PLAIN, Kind.CAE).map(kind -> {
            FileStore store = sealed.apply(name(kind));
            return new SharedPlace(kind, isThere(file(kind).resolveSibling(name(kind) + SEALED))
                    .flatMap(there -> store.read()), store);
        });
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case PLAIN -> "msal.cache.nocae";
            case CAE -> "msal.cache.cae";
            case MIXED -> "msal.cache";
        };
    }

    private Path file(Kind kind) {
        return directory.resolve(name(kind));
    }

    /** A key must not be made only because somebody looked. */
    private Mono<Path> isThere(Path file) {
        return Mono.defer(() -> Mono.fromCallable(() -> "absent".equals(new CacheFile(file).version()) ? null : file)
                .subscribeOn(threads.io().get())).onErrorMap(IOException.class, e -> FileStore.unusable(file, e));
    }

    /** The document itself, in base64 (Java, .NET), or in hexadecimal, which is how macOS prints what is not plain text. */
    static byte[] decoded(String text) {
        String plain = text.strip();
        try {
            return plain.startsWith("{") ? plain.getBytes(StandardCharsets.UTF_8)
                    : plain.toLowerCase(Locale.ROOT).startsWith(BRACE) ? HexFormat.of().parseHex(plain)
                    : Base64.getMimeDecoder().decode(plain);
        } catch (IllegalArgumentException neither) {
            return new byte[0];
        }
    }
}
