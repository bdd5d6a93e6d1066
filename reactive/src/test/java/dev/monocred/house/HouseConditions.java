package dev.monocred.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** Conditions that ArchUnit does not bring along. */
final class HouseConditions {

    private HouseConditions() {}

    static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return condition("be in a @NullMarked package", type ->
                type.getSimpleName().equals("module-info") || type.getPackage().isAnnotatedWith(NullMarked.class));
    }

    static ArchCondition<JavaClass> haveAStaticBuilder() {
        return condition("have a static builder()", type -> type.tryGetMethod("builder")
                .filter(method -> method.getModifiers().contains(JavaModifier.STATIC))
                .isPresent());
    }

    static ArchCondition<JavaClass> haveNoPublicConstructor() {
        return condition("have no public constructor", type -> type.getConstructors().stream()
                .noneMatch(constructor -> constructor.getModifiers().contains(JavaModifier.PUBLIC)));
    }

    static ArchCondition<JavaClass> haveNoSynchronizedMethod() {
        return condition("have no synchronized method", type -> type.getMethods().stream()
                .noneMatch(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED)));
    }

    /** The integrations are the packages beside {@code internal} that need a library which is optional. */
    static ArchCondition<JavaClass> knowNoIntegrationButTheirOwn(String root) {
        Set<String> integrations = Set.of(root + ".spring", root + ".azure", root + ".micrometer");
        return condition("know no optional integration but their own", type -> type.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .noneMatch(target -> integrations.contains(target) && !target.equals(type.getPackageName())));
    }

    private static ArchCondition<JavaClass> condition(String description, Predicate<JavaClass> holds) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean isFine = holds.test(type);
                events.add(new SimpleConditionEvent(type, isFine, type.getName() + " should " + description));
            }
        };
    }
}
