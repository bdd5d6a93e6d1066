package dev.monocred.bench;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a contender is asked for.
 *
 * @param tenant the tenant; {@code null} for the contender's own
 * @param scope the scope
 */
record Ask(@Nullable String tenant, String scope) {

    static Ask scope(String name) {
        return new Ask(null, "api://" + name + "/.default");
    }

    static Ask tenant(String name) {
        return new Ask(name, "api://resource/.default");
    }

    static Stream<Ask> scopes(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> scope(name + "-" + i));
    }

    static Stream<Ask> tenants(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> tenant(name + "-" + i + ".example"));
    }
}
