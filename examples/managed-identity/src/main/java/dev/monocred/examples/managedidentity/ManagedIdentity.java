package dev.monocred.examples.managedidentity;

import dev.monocred.ManagedIdentityCredential;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeAppService;
import dev.monocred.testing.FakeArc;
import dev.monocred.testing.FakeCloudShell;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.FakeMachineLearning;
import dev.monocred.testing.FakeServiceFabric;
import dev.monocred.testing.RecordedHostRequest;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks each kind of host for a token, with the same credential, and says what the host got and what came back. */
public final class ManagedIdentity {

    private static final String SCOPE = "https://vault.azure.net/.default";

    private ManagedIdentity() {}

    /**
     * Runs it.
     *
     * @param args a scope, to ask the host that this really runs on; none to ask fakes of all
     */
    public static void main(String[] args) {
        if (args.length > 0) {
            System.out.println("This machine\n  " + ask(ManagedIdentityCredential.builder().build(), args[0]).block());
        } else {
            askFakes();
        }
    }

    private static void askFakes() {
        try (FakeImds machine = FakeImds.start();
                FakeAppService app = FakeAppService.start();
                FakeArc arc = FakeArc.start().asksForNoKey();
                FakeServiceFabric fabric = FakeServiceFabric.start();
                FakeMachineLearning learning = FakeMachineLearning.start();
                FakeCloudShell shell = FakeCloudShell.start()) {
            Flux.just(new Host("A virtual machine", machine.environment(), machine::requests),
                            new Host("App Service", app.environment(), app::requests),
                            new Host("Azure Arc", arc.environment(), arc::requests),
                            new Host("Service Fabric", fabric.environment(), fabric::requests),
                            new Host("Azure Machine Learning", learning.environment(), learning::requests),
                            new Host("Cloud Shell", shell.environment(), shell::requests))
                    .concatMap(Host::ask)
                    .doOnNext(System.out::println)
                    .blockLast();
        }
    }

    /**
     * A host.
     *
     * @param name how people call it
     * @param environment the variables that it sets; by default the credential reads the process's own
     * @param requests what it got
     */
    private record Host(String name, Function<String, String> environment, Supplier<List<RecordedHostRequest>> requests) {

        Mono<String> ask() {
            TokenCredential credential = ManagedIdentityCredential.builder().environment(environment).build();
            return ManagedIdentity.ask(credential, SCOPE).map(answer -> name + "\n  " + requests.get().stream()
                    .map(request -> request.method() + " " + request.target()).collect(Collectors.joining("\n  ")) + "\n  " + answer);
        }
    }

    private static Mono<String> ask(TokenCredential credential, String scope) {
        return Mono.usingWhen(Mono.just(credential), open -> open.getToken(scope), TokenCredential::close)
                .map(token -> "a token that expires at " + token.expiresAt())
                .onErrorResume(ClientAuthenticationException.class, error -> Mono.justOrEmpty(error.getMessage()));
    }
}
