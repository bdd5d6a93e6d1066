package dev.monocred.house;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * A rule and what breaks it: classes that it must notice, each for itself, or it guards nothing.
 *
 * @param rule the rule, which may have nothing to look at yet
 * @param offenders classes of the test that break it, each in its own way
 */
record HouseRule(ArchRule rule, List<Class<?>> offenders) {

    static HouseRule of(ArchRule rule, Class<?>... offenders) {
        return new HouseRule(rule.allowEmptyShould(true), List.of(offenders));
    }

    @Override
    public String toString() {
        return rule.getDescription();
    }
}
