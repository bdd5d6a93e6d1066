package dev.monocred.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.monocred.core.TokenCredential;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.temporal.TemporalAccessor;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Core agrees and computes (DESIGN 2): whatever it says depends on its arguments only, so tables can test it. */
class CoreRulesTest {

    private static final JavaClasses CORE =
            new ClassFileImporter().importUrl(TokenCredential.class.getProtectionDomain().getCodeSource().getLocation());

    private static final JavaClasses OFFENDING = new ClassFileImporter().importPackages("dev.monocred.house");

    private static final DescribedPredicate<JavaClass> FILES = describe("files and channels",
            type -> Set.of("java.nio.file", "java.nio.channels").contains(type.getPackageName())
                    || type.getName().matches("java\\.io\\.(File(?!NotFoundException).*|RandomAccessFile|Console)"));

    private static final DescribedPredicate<JavaClass> THREADS = describe("threads and what coordinates them",
            type -> (type.getPackageName().startsWith("java.util.concurrent") && !type.isEquivalentTo(TimeUnit.class))
                    || type.getName().matches("java\\.lang\\.(Thread.*|InheritableThreadLocal|Runtime|Process.*)|java\\.util\\.Timer"));

    static Stream<HouseRule> rules() {
        return Stream.of(
                HouseRule.of(noClasses().should().dependOnClassesThat(FILES).as("core touches no file"),
                        Offenders.ReadsAFile.class, Offenders.ReadsAPath.class),
                HouseRule.of(noClasses().should().dependOnClassesThat(resideInAnyPackage("java.net..", "javax.net..")
                                .and(not(belongToAnyOf(URI.class, URISyntaxException.class,
                                        URLEncoder.class, URLDecoder.class))))
                                .as("core opens no socket; a URI is only a name"),
                        Offenders.OpensASocket.class),
                HouseRule.of(noClasses().should().dependOnClassesThat(THREADS).as("core knows no thread"),
                        Offenders.StartsAThread.class, Offenders.HandsToAnotherThread.class),
                HouseRule.of(noClasses().should().accessTargetWhere(target("the environment",
                                each -> each.getOwner().isEquivalentTo(System.class)
                                        && each.getName().matches("getenv|getProperty|getProperties|lineSeparator")))
                                .as("core reads no environment"),
                        Offenders.ReadsTheEnvironment.class, Offenders.ReadsTheEnvironmentByReference.class),
                HouseRule.of(noClasses().should().accessTargetWhere(target("a clock", CoreRulesTest::isClock))
                                .as("core reads no clock: time is an argument"),
                        Offenders.ReadsTheNanos.class, Offenders.ReadsTheInstant.class,
                        Offenders.ReadsTheInstantByReference.class, Offenders.HasAClock.class),
                HouseRule.of(noClasses().should().dependOnClassesThat(describe("randomness",
                                type -> type.getName().matches("java\\.util\\.(Splittable)?Random|java\\.security\\.SecureRandom")
                                        || type.getPackageName().equals("java.util.random")))
                                .orShould().accessTargetWhere(target("randomness", each ->
                                        each.getName().equals("randomUUID") || each.getFullName().equals("java.lang.Math.random()")))
                                .as("core throws no dice: randomness is an argument"),
                        Offenders.ThrowsDice.class, Offenders.MakesAnId.class),
                HouseRule.of(noClasses().that().doNotBelongToAnyOf(TokenCredential.class)
                                .should().dependOnClassesThat().resideInAnyPackage("reactor..", "org.reactivestreams..")
                                .as("in core only TokenCredential speaks of Reactor"),
                        Offenders.ReturnsAMono.class),
                HouseRule.of(noClasses().should().dependOnClassesThat().resideInAnyPackage("org.slf4j..", "io.netty..", "java.util.logging..")
                                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.System$Logger")
                                .as("core logs nothing and knows no network library"),
                        Offenders.Logs.class));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void coreKeepsTheRule(HouseRule rule) {
        rule.rule().check(CORE);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theRuleNoticesEveryOffender(HouseRule rule) {
        assertThat(rule.offenders()).isNotEmpty().allSatisfy(offender ->
                assertThat(rule.rule().evaluate(OFFENDING.that(equivalentTo(offender))).hasViolation()).isTrue());
    }

    @Test
    void theRulesLookAtAllOfCore() {
        assertThat(CORE.contain(TokenCredential.class)).isTrue();
        assertThat(CORE).hasSizeGreaterThan(10);
    }

    private static boolean isClock(AccessTarget target) {
        boolean isSystem = target.getOwner().isEquivalentTo(System.class)
                && target.getName().matches("nanoTime|currentTimeMillis");
        boolean isNow = target.getName().equals("now") && target.getOwner().isAssignableTo(TemporalAccessor.class);
        return isSystem || isNow || target.getOwner().isAssignableTo(Clock.class)
                || target.getFullName().equals("java.util.Date.<init>()");
    }

    private static DescribedPredicate<JavaAccess<?>> target(String description, Predicate<AccessTarget> test) {
        return describe(description, access -> test.test(access.getTarget()));
    }
}
