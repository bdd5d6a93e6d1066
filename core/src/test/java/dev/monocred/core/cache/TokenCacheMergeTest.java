package dev.monocred.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenCacheMergeTest {

    private static TokenCacheDocument document(String json) {
        TokenCacheDocument document = TokenCacheJson.read(json.replace('\'', '"').getBytes(UTF_8));
        assertThat(document).isNotNull();
        return document;
    }

    private static String json(TokenCacheDocument document) {
        return new String(TokenCacheJson.write(document), UTF_8).replace('"', '\'');
    }

    @Test
    void whatOnlyOneChangedCounts() {
        TokenCacheDocument base = document("{'RefreshToken':{'a':{'secret':'1'},'b':{'secret':'1'}}}");
        TokenCacheDocument ours = document("{'RefreshToken':{'a':{'secret':'ours'},'b':{'secret':'1'}}}");
        TokenCacheDocument theirs = document("{'RefreshToken':{'a':{'secret':'1'},'b':{'secret':'theirs'}}}");

        assertThat(json(ours.mergedWith(base, theirs)))
                .isEqualTo("{'RefreshToken':{'a':{'secret':'ours'},'b':{'secret':'theirs'}}}");
    }

    @Test
    void whatOnlyOneRemovedIsGoneAndStaysGone() {
        TokenCacheDocument base = document("{'RefreshToken':{'a':{'secret':'1'},'b':{'secret':'1'},'c':{'secret':'1'}}}");
        TokenCacheDocument ours = document("{'RefreshToken':{'b':{'secret':'1'},'c':{'secret':'1'}}}");
        TokenCacheDocument theirs = document("{'RefreshToken':{'a':{'secret':'1'},'c':{'secret':'1'}}}");

        assertThat(json(ours.mergedWith(base, theirs))).isEqualTo("{'RefreshToken':{'c':{'secret':'1'}}}");
    }

    @Test
    void whatBothChangedIsOurs() {
        TokenCacheDocument base = document("{'RefreshToken':{'a':{'secret':'1'}}}");
        TokenCacheDocument ours = document("{'RefreshToken':{'a':{'secret':'ours'}}}");

        assertThat(ours.mergedWith(base, document("{'RefreshToken':{'a':{'secret':'theirs'}}}"))).isEqualTo(ours);
        assertThat(ours.mergedWith(base, document("{'RefreshToken':{}}"))).isEqualTo(ours);
    }

    @Test
    void aSectionThatOneDoesNotHaveIsEmptyThere() {
        TokenCacheDocument ours = document("{'Account':{'a':{'username':'ada'}}}");
        TokenCacheDocument theirs = document("{'Account':{'b':{'username':'grace'}},'Other':{'x':1}}");

        assertThat(json(ours.mergedWith(TokenCacheDocument.EMPTY, theirs)))
                .isEqualTo("{'Account':{'a':{'username':'ada'},'b':{'username':'grace'}},'Other':{'x':1}}");
    }

    @Test
    void whatWeDoNotKnowIsMergedToo() {
        TokenCacheDocument base = document("{'Version':1,'Strange':{'a':[1,2]}}");
        TokenCacheDocument theirs = document("{'Version':2,'Strange':{'a':[1,2],'b':{'deep':{'er':null}}}}");

        assertThat(base.mergedWith(base, theirs)).isSameAs(theirs);
        assertThat(theirs.mergedWith(base, base)).isSameAs(theirs);
        assertThat(json(document("{'Version':3,'Strange':{'c':1}}").mergedWith(base, theirs)))
                .isEqualTo("{'Version':3,'Strange':{'c':1,'b':{'deep':{'er':null}}}}");
    }

    @Test
    void onlyAccessTokensThatHaveEndedGo() {
        TokenCacheDocument document = document("{'AccessToken':{'old':{'secret':'1','expires_on':'1000'},"
                + "'new':{'secret':'2','expires_on':'3000'},'odd':{'secret':'3'}},'RefreshToken':{'a':{'secret':'4','expires_on':'1'}}}");

        assertThat(json(document.withoutEnded(Instant.ofEpochSecond(2000)))).isEqualTo("{'AccessToken':{'new':{'secret':'2',"
                + "'expires_on':'3000'},'odd':{'secret':'3'}},'RefreshToken':{'a':{'secret':'4','expires_on':'1'}}}");
        assertThat(document.withoutEnded(Instant.EPOCH)).isSameAs(document);
    }

    /** Two writers, each with its own memory of the store; what they do and when they synchronise is drawn. */
    @RepeatedTest(200)
    void noSequenceOfChangesOfTwoWritersLosesAnEntryThatNeitherRemoved(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Store store = new Store();
        List<Writer> writers = List.of(new Writer("a"), new Writer("b"));
        Set<String> expected = new HashSet<>();

        for (int step = 0; step < 60; step++) {
            Writer writer = writers.get(random.nextInt(2));
            switch (random.nextInt(4)) {
                case 0, 1 -> expected.add(writer.adds(step));
                case 2 -> writer.removes(random, expected);
                default -> writer.synchronises(store);
            }
        }
        writers.forEach(writer -> writer.synchronises(store));
        writers.get(0).synchronises(store);

        assertThat(store.keys()).as("seed " + repetition.getCurrentRepetition()).isEqualTo(expected);
        assertThat(writers.get(0).ours).isEqualTo(store.document);
    }

    private static final class Store {
        private TokenCacheDocument document = TokenCacheDocument.EMPTY;

        Set<String> keys() {
            return TokenCacheMergeTest.keys(document);
        }
    }

    private static Set<String> keys(TokenCacheDocument document) {
        Set<String> keys = new HashSet<>();
        document.root().path("RefreshToken").fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** Changes its own copy, and merges it into the store at times, as a credential does when the store was out of reach. */
    private static final class Writer {

        private final String name;
        private TokenCacheDocument base = TokenCacheDocument.EMPTY;
        private TokenCacheDocument ours = TokenCacheDocument.EMPTY;

        Writer(String name) {
            this.name = name;
        }

        String adds(int step) {
            String key = name + step;
            change(key, "{'secret':'" + key + "'}");
            return key;
        }

        void removes(Random random, Set<String> expected) {
            List<String> mine = new ArrayList<>(new java.util.TreeSet<>(keys(ours)));
            if (!mine.isEmpty()) {
                String key = mine.get(random.nextInt(mine.size()));
                change(key, null);
                expected.remove(key);
            }
        }

        private void change(String key, @org.jspecify.annotations.Nullable String entry) {
            TreeMap<String, String> entries = new TreeMap<>();
            ours.root().path("RefreshToken").properties().forEach(each -> entries.put(each.getKey(), each.getValue().toString()));
            if (entry == null) {
                entries.remove(key);
            } else {
                entries.put(key, entry.replace('\'', '"'));
            }
            StringBuilder json = new StringBuilder();
            entries.forEach((name, value) -> json.append(json.isEmpty() ? "" : ",").append('"').append(name).append("\":").append(value));
            ours = document("{'RefreshToken':{" + json + "}}");
        }

        void synchronises(Store store) {
            TokenCacheDocument merged = ours.mergedWith(base, store.document);
            store.document = merged;
            ours = merged;
            base = merged;
        }
    }
}
