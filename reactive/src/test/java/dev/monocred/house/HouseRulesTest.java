package dev.monocred.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.monocred.house.HouseConditions.beInANullMarkedPackage;
import static dev.monocred.house.HouseConditions.haveAStaticBuilder;
import static dev.monocred.house.HouseConditions.haveNoPublicConstructor;
import static dev.monocred.house.HouseConditions.haveNoSynchronizedMethod;
import static dev.monocred.house.HouseConditions.knowNoIntegrationButTheirOwn;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import dev.monocred.core.TokenCredential;
import dev.monocred.house.offenders.BuiltNowhere;
import dev.monocred.house.offenders.PubliclyConstructed;
import dev.monocred.house.offenders.Unfinal;
import dev.monocred.house.offenders.UsesAnIntegration;
import dev.monocred.house.offenders.internal.KnowsAnIntegration;
import dev.monocred.house.offenders.internal.KnowsTheCredentials;
import dev.monocred.house.offenders.internal.Offenders;
import dev.monocred.house.offenders.internal.a.KnowsB;
import dev.monocred.house.offenders.internal.b.KnowsA;
import dev.monocred.house.offenders.spring.KnowsAnotherIntegration;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.ManualTime;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.scheduler.Schedulers;

/**
 * What no compiler sees (DESIGN 2 and 4, style 4.11). The same rules look at a root package of offenders, which is laid out
 * like ours: each must notice each of its own.
 */
class HouseRulesTest {

    private static final String OURS = "dev.monocred";
    private static final String OFFENDERS = "dev.monocred.house.offenders";

    private static final Path MODULE = Modules.location(TokenEventListener.class);
    private static final JavaClasses REACTIVE = new ClassFileImporter().importPath(MODULE);
    private static final JavaClasses ALL = new ClassFileImporter().importLocations(
            Stream.of(TokenEventListener.class, TokenCredential.class, ManualTime.class).map(Modules::archLocation).toList());
    private static final JavaClasses OFFENDING = new ClassFileImporter().importPackages("dev.monocred.house");

    static Stream<HouseRule> rulesForUs() {
        return rules(OURS);
    }

    static Stream<HouseRule> rulesForOffenders() {
        return rules(OFFENDERS);
    }

    private static Stream<HouseRule> rules(String root) {
        return Stream.of(
                HouseRule.of(noClasses().that().resideInAPackage(root + ".internal..")
                                .should().dependOnClassesThat().resideInAnyPackage(root, root + ".spring..",
                                        root + ".azure..", root + ".micrometer..")
                                .as("internals know core, the spi and each other, never what is public above them"),
                        KnowsTheCredentials.class, KnowsAnIntegration.class),
                HouseRule.of(classes().should(knowNoIntegrationButTheirOwn(root))
                                .because("users without it load nothing of it"),
                        KnowsAnIntegration.class, UsesAnIntegration.class, KnowsAnotherIntegration.class),
                HouseRule.of(noClasses().should().dependOnClassesThat(resideInAPackage("com.fasterxml..")
                                .and(not(assignableTo(JsonNode.class))))
                                .as("only core parses JSON, with its limits; others walk the tree it made"),
                        Offenders.ParsesJson.class),
                HouseRule.of(credentialsIn(root).should().haveModifier(JavaModifier.FINAL), Unfinal.class),
                HouseRule.of(credentialsIn(root).should(haveAStaticBuilder()), BuiltNowhere.class),
                HouseRule.of(credentialsIn(root).should(haveNoPublicConstructor()), PubliclyConstructed.class),
                HouseRule.of(noClasses().that().doNotHaveFullyQualifiedName(root + ".BlockingTokenCredential")
                                .and().doNotHaveFullyQualifiedName(root + ".internal.refresh.TokenMono")
                                .should().accessTargetWhere(target("block", each -> each.getName().startsWith("block")
                                        && each.getOwner().isAssignableTo(Publisher.class)))
                                .as("only the blocking adapter and the refresher's own Mono block"),
                        Offenders.Blocks.class, Offenders.BlocksByReference.class),
                HouseRule.of(noClasses().that().resideOutsideOfPackage(root + ".internal.process..")
                                .should().dependOnClassesThat().belongToAnyOf(ProcessBuilder.class)
                                .orShould().callMethodWhere(describe("exec", call -> call.getTarget().getName().equals("exec")
                                        && call.getTargetOwner().isEquivalentTo(Runtime.class)))
                                .as("only internal.process starts programs"),
                        Offenders.StartsAProgram.class, Offenders.StartsAProgramTheOldWay.class),
                HouseRule.of(classes().should(haveNoSynchronizedMethod()), Offenders.LocksAMethod.class),
                HouseRule.of(noClasses().should().accessTargetWhere(target("the common pool", HouseRulesTest::isCommonPool))
                                .as("nothing of ours runs in the common pool or in Reactor's shared one (A-6)"),
                        Offenders.UsesTheCommonPool.class, Offenders.UsesTheCommonPoolUnsaid.class,
                        Offenders.UsesTheCommonPoolInAStream.class, Offenders.UsesTheElasticPool.class),
                HouseRule.of(noClasses().that().doNotHaveSimpleName("SystemTime")
                                .should().accessTargetWhere(target("a clock", HouseRulesTest::isClock))
                                .as("only SystemTime reads a clock: time is an argument"),
                        Offenders.ReadsTheNanos.class, Offenders.ReadsTheInstant.class,
                        Offenders.ReadsTheInstantByReference.class, Offenders.HasAClock.class),
                HouseRule.of(noClasses().that().doNotHaveFullyQualifiedName(root + ".DeviceCodeCredential")
                                .should(ACCESS_STANDARD_STREAMS)
                                .as("only a code for a person is printed"), Offenders.Prints.class));
    }

    @ParameterizedTest
    @MethodSource("rulesForUs")
    void weKeepTheRule(HouseRule rule) {
        rule.rule().check(REACTIVE);
    }

    @ParameterizedTest
    @MethodSource("rulesForOffenders")
    void theRuleNoticesEveryOffender(HouseRule rule) {
        assertThat(rule.offenders()).isNotEmpty().allSatisfy(offender ->
                assertThat(rule.rule().evaluate(offending(offender)).hasViolation()).isTrue());
    }

    @Test
    void everyPackageIsNullMarked() {
        ArchRule rule = classes().should(beInANullMarkedPackage());

        rule.check(ALL);
        assertThat(rule.evaluate(offending(HouseRulesTest.class)).hasViolation()).isTrue();
    }

    /** Internals know each other downwards. */
    @Test
    void internalPackagesHaveNoCycles() {
        noCyclesIn(OURS).check(REACTIVE);

        assertThat(noCyclesIn(OFFENDERS).evaluate(offending(KnowsA.class, KnowsB.class)).hasViolation()).isTrue();
    }

    @Test
    void theEnvironmentIsReadInOnePlace() {
        assertThat(readersOfTheEnvironment(REACTIVE)).hasSizeLessThanOrEqualTo(1);

        assertThat(readersOfTheEnvironment(offending(Offenders.ReadsTheEnvironment.class, Offenders.ReadsTheEnvironmentByReference.class)))
                .hasSize(2);
    }

    /** A block leaves no modifier behind, only an instruction; so this reads what the compiler made. */
    @Test
    void nothingIsSynchronized() {
        assertThat(monitorsIn(MODULE, Modules.classes(MODULE))).isEmpty();

        Class<?> offender = Offenders.LocksABlock.class;
        assertThat(monitorsIn(Modules.location(offender), List.of(offender.getName()))).isNotEmpty();
    }

    @Test
    void theRulesLookAtEverything() {
        assertThat(REACTIVE.contain(TokenEventListener.class)).isTrue();
        assertThat(ALL.contain(TokenCredential.class) && ALL.contain(ManualTime.class)).isTrue();
    }

    private static GivenClassesConjunction credentialsIn(String root) {
        return classes().that().resideInAPackage(root).and().implement(TokenCredential.class).and().areTopLevelClasses();
    }

    private static ArchRule noCyclesIn(String root) {
        return slices().matching(root + ".internal.(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    private static List<String> readersOfTheEnvironment(JavaClasses classes) {
        return classes.stream()
                .filter(type -> type.getAccessesFromSelf().stream().map(JavaAccess::getTarget)
                        .anyMatch(each -> each.getName().equals("getenv") && each.getOwner().isEquivalentTo(System.class)))
                .map(JavaClass::getName)
                .toList();
    }

    private static List<String> monitorsIn(Path location, List<String> classes) {
        List<String> command = new ArrayList<>(List.of("-c", "-p", "-cp", location.toString()));
        command.addAll(classes);
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int exit = ToolProvider.findFirst("javap").orElseThrow().run(writer, writer, command.toArray(String[]::new));
        writer.flush();
        assertThat(exit).as(out.toString()).isZero();
        return out.toString().lines().filter(line -> line.contains("monitorenter")).toList();
    }

    private static boolean isCommonPool(AccessTarget target) {
        JavaClass owner = target.getOwner();
        boolean isAsyncWithoutExecutor = owner.isAssignableTo(CompletableFuture.class) && target.getName().endsWith("Async")
                && !target.getFullName().contains("java.util.concurrent.Executor");
        return isAsyncWithoutExecutor || target.getName().equals("parallelStream")
                || (owner.isAssignableTo(BaseStream.class) && target.getName().equals("parallel"))
                || (owner.isEquivalentTo(ForkJoinPool.class) && target.getName().equals("commonPool"))
                || (owner.isEquivalentTo(Schedulers.class) && target.getName().equals("boundedElastic"));
    }

    private static boolean isClock(AccessTarget target) {
        boolean isSystem = target.getOwner().isEquivalentTo(System.class)
                && target.getName().matches("nanoTime|currentTimeMillis");
        boolean isNow = target.getName().equals("now") && target.getOwner().isAssignableTo(TemporalAccessor.class);
        return isSystem || isNow || target.getOwner().isAssignableTo(Clock.class)
                || target.getFullName().equals("java.util.Date.<init>()");
    }

    private static JavaClasses offending(Class<?>... types) {
        return OFFENDING.that(describe("named", each -> Stream.of(types).anyMatch(each::isEquivalentTo)));
    }

    private static DescribedPredicate<JavaAccess<?>> target(String description, Predicate<AccessTarget> test) {
        return describe(description, access -> test.test(access.getTarget()));
    }
}
