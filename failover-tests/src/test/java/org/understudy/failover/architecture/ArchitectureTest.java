package org.understudy.failover.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Locale;

/** The arrows of docs/architecture.md point down only. */
@AnalyzeClasses(
    packages = "org.understudy",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {
  private static final String[] ENGINE = {
    "org.understudy.primary..",
    "org.understudy.backup..",
    "org.understudy.checkpoint..",
    "org.understudy.protocol.."
  };

  @ArchTest
  static final ArchRule ARROWS_POINT_DOWN =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("failover")
          .definedBy("org.understudy.failover..")
          .layer("node")
          .definedBy("org.understudy.node..")
          .layer("primary")
          .definedBy("org.understudy.primary..")
          .layer("backup")
          .definedBy("org.understudy.backup..")
          .layer("service")
          .definedBy("org.understudy.service..")
          .layer("vm")
          .definedBy("org.understudy.vm..")
          .layer("checkpoint")
          .definedBy("org.understudy.checkpoint..")
          .layer("protocol")
          .definedBy("org.understudy.protocol..")
          .whereLayer("failover")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("node")
          .mayOnlyBeAccessedByLayers("failover")
          .whereLayer("primary")
          .mayOnlyBeAccessedByLayers("node", "failover")
          .whereLayer("backup")
          .mayOnlyBeAccessedByLayers("node", "failover")
          .whereLayer("service")
          .mayOnlyBeAccessedByLayers("node", "failover")
          .whereLayer("vm")
          .mayOnlyBeAccessedByLayers("node", "failover")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers("service", "vm", "primary", "backup", "node", "failover")
          .whereLayer("protocol")
          .mayOnlyBeAccessedByLayers("primary", "backup", "node", "failover");

  @ArchTest
  static final ArchRule ENGINE_KNOWS_NO_KIND_OF_GUEST =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .should()
          .haveSimpleNameContaining("Qemu")
          .orShould()
          .dependOnClassesThat(
              describe(
                  "are of one kind of guest",
                  (JavaClass type) ->
                      type.getPackageName().startsWith("org.understudy.service")
                          || type.getPackageName().startsWith("org.understudy.vm")
                          || type.getName().toLowerCase(Locale.ROOT).contains("qemu")));

  /** Decisions are pure: no thread, no clock, no socket, no link inside (time is passed in). */
  @ArchTest
  static final ArchRule DECISIONS_ARE_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.understudy.primary.session..",
              "org.understudy.primary.pacing..",
              "org.understudy.backup.session..",
              "org.understudy.protocol.detect..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.aeron..", "java.net..", "java.nio.channels..", "org.understudy.protocol.link..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule AERON_STAYS_IN_THE_LINK =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.understudy.primary..",
              "org.understudy.backup..",
              "org.understudy.checkpoint..",
              "org.understudy.service..",
              "org.understudy.vm..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.aeron..");

  @ArchTest
  static final ArchRule NO_CYCLES_OF_PACKAGES_IN_PRIMARY =
      slices().matching("org.understudy.primary.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_CYCLES_OF_PACKAGES_IN_BACKUP =
      slices().matching("org.understudy.backup.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_CYCLES_OF_PACKAGES_IN_PROTOCOL =
      slices().matching("org.understudy.protocol.(*)..").should().beFreeOfCycles();
}
