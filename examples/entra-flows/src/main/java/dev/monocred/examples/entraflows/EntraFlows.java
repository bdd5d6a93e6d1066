package dev.monocred.examples.entraflows;

import dev.monocred.testing.FakeEntra;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs every flow against a fake of its own. */
public final class EntraFlows {

    private static final Map<String, Flow> FLOWS = new TreeMap<>(Map.of(
            "AuthorizationCodeCredential", new AuthorizationCodeFlow(),
            "CertificateCredential", new CertificateFlow(),
            "ClientAssertionCredential", new ClientAssertionFlow(),
            "DeviceCodeCredential", new DeviceCodeFlow(),
            "OnBehalfOfCredential", new OnBehalfOfFlow(),
            "UsernamePasswordCredential", new UsernamePasswordFlow()));

    private EntraFlows() {}

    /**
     * Runs it.
     *
     * @param args nothing is read
     */
    public static void main(String[] args) {
        Flux.fromIterable(FLOWS.entrySet())
                .concatMap(flow -> Mono.using(FakeEntra::start, flow.getValue()::run, FakeEntra::close)
                        .map(said -> flow.getKey() + "\n" + said.indent(2)))
                .doOnNext(System.out::println)
                .blockLast();
    }
}
