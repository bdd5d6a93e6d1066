package dev.monocred.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TokenCredential;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jspecify.annotations.Nullable;

/** The exported API of each module is a checked-in text: who changes it sees it, and so does who reviews it. */
class PublicApiTest {

    private static final String HOW_TO_UPDATE = "If that is meant, run"
            + " `mvn test -pl core,testing,reactive -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update`"
            + " and commit the file with the change.";

    static Stream<Arguments> modules() {
        return Stream.of(Arguments.of("core", TokenCredential.class), Arguments.of("testing", ManualTime.class),
                Arguments.of("reactive", TokenEventListener.class));
    }

    @ParameterizedTest(name = "{0}/api.txt")
    @MethodSource("modules")
    void exportedApiIsTheCheckedInOne(String module, Class<?> member) throws IOException {
        Path file = Modules.folder().resolveSibling(module).resolve("api.txt");
        String actual = ApiText.of(Modules.location(member));
        if (System.getProperty("api.update") != null) {
            Files.writeString(file, actual);
        }
        String expected = Files.exists(file) ? Files.readString(file) : "";

        assertThat(difference(expected, actual))
                .as("%s/api.txt and the exported API differ. %s", module, HOW_TO_UPDATE)
                .isEmpty();
    }

    @Test
    void aChangeShowsAsLinesLostAndGained() {
        assertThat(difference("a\nb\nc\n", "a\nB\nc\n")).containsExactly("- b", "+ B");
        assertThat(difference("a\n", "a\n")).isEmpty();
        assertThat(difference("a\nb\n", "b\na\n")).as("order alone").isNotEmpty();
    }

    @Test
    void theTextHoldsWhatUsersSeeAndNothingElse() {
        assertThat(ApiText.of(Sample.class)).isEqualTo("""
                public abstract static class dev.monocred.house.PublicApiTest.Sample<T extends Comparable<T>> \
                extends Number implements java.util.function.Function<@Nullable T, String> {
                  protected Sample(String... names)
                  public static final int ANSWER = 42
                  public T inherited(@Nullable String value)
                  @Deprecated protected abstract <E extends Exception> java.util.List<? extends T> list(int[] numbers) throws E
                }
                """);
    }

    private static List<String> difference(String expected, String actual) {
        List<String> lost = lines(expected);
        List<String> gained = lines(actual);
        if (lost.equals(gained)) {
            return List.of();
        }
        List<String> both = new ArrayList<>(lost);
        both.retainAll(gained);
        both.forEach(line -> {
            lost.remove(line);
            gained.remove(line);
        });
        List<String> result = Stream.concat(lost.stream().map("- "::concat), gained.stream().map("+ "::concat)).toList();
        return result.isEmpty() ? List.of("the order of lines") : result;
    }

    private static List<String> lines(String text) {
        return new ArrayList<>(Arrays.asList(text.split("\n")));
    }

    /** Stands in for a builder's package-private base: users see its setter on the class below. */
    @SuppressWarnings("serial")
    abstract static class Base<B> extends Number {
        public B inherited(@Nullable String value) {
            throw new UnsupportedOperationException();
        }
    }

    /** A bit of everything that occurs in an API. */
    @SuppressWarnings("serial")
    public abstract static class Sample<T extends Comparable<T>> extends Base<T> implements Function<@Nullable T, String> {
        public static final int ANSWER = 42;
        int hidden;

        protected Sample(String... names) {}

        Sample(int hidden) {}

        @Deprecated
        protected abstract <E extends Exception> List<? extends T> list(int[] numbers) throws E;

        void hidden() {}
    }
}
