package dev.monocred;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects everything that a builder lacks, so that one error names it all. */
final class Required {

    private final String credential;
    private final List<String> missing = new ArrayList<>();

    Required(String credential) {
        this.credential = credential;
    }

    /** Gives the value back if it is there; else notes its name, and the result is never used. */
    String text(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            missing.add(name);
            return "";
        }
        return value;
    }

    void part(String name, @Nullable Object value) {
        if (value == null) {
            missing.add(name);
        }
    }

    void check() {
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(credential + " needs " + String.join(", ", missing)
                    + (missing.size() == 1 ? ", which is" : ", which are") + " missing or blank");
        }
    }
}
