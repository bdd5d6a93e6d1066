package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.internal.runtime.SystemTime;
import java.nio.file.Path;
import java.util.Base64;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A program for tests that are about two processes: adds lines of its own to a shared file, one change at a time. Ends with a status when it cannot. */
final class StoreProcess {

    private StoreProcess() {}

    /** Arguments: file, key in base64, name, how many lines. Prints each line's number once it is stored. */
    public static void main(String[] arguments) {
        Scheduler io = Schedulers.newBoundedElastic(2, 10, "io", 60, true);
        FileStore store = new FileStore(
                Mono.just(new FileStore.Layout(Path.of(arguments[0]), new Envelope(Base64.getDecoder().decode(arguments[1]), "test"))),
                new FileStore.Threads(() -> io, Schedulers.parallel(), SystemTime.INSTANCE));
        for (int i = 1; i <= Integer.parseInt(arguments[3]); i++) {
            String line = arguments[2] + i + "\n";
            store.update(present -> (new String(present, UTF_8) + line).getBytes(UTF_8)).block();
            System.out.println(i);
        }
        System.exit(0);
    }
}
