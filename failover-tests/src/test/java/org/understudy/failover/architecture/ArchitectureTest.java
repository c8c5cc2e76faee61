package org.understudy.failover.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The arrows of docs/architecture.md point down only, and decisions are pure. */
@AnalyzeClasses(
    packages = "org.understudy",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {
  private static final String ROOT = "org.understudy.";

  /** What may use each module, directly: the same lines as in docs/architecture.md. */
  private static final List<Room> ROOMS =
      List.of(
          new Room("failover", ""),
          new Room("cli", "failover"),
          new Room("lab", "cli failover"),
          new Room("node", "lab cli failover"),
          new Room("simulation", "failover"),
          new Room("primary", "simulation node"),
          new Room("backup", "simulation node"),
          new Room("kv", "node"),
          new Room("vm", "node"),
          new Room("service", "checkpoint kv node"),
          new Room("protocol", "primary backup simulation node"),
          new Room("checkpoint", "service kv vm primary backup simulation node lab"),
          new Room("pair", "protocol primary backup simulation node"),
          new Room("host", "checkpoint protocol pair vm node lab"));

  private static final String[] ENGINE = {
    ROOT + "primary..",
    ROOT + "backup..",
    ROOT + "checkpoint..",
    ROOT + "protocol..",
    ROOT + "pair.."
  };

  private static final String[] DECISIONS = {
    ROOT + "primary.session..",
    ROOT + "primary.pacing..",
    ROOT + "backup.session..",
    ROOT + "pair.ownership..",
    ROOT + "pair.detect..",
    ROOT + "pair.session.."
  };

  private record Room(String name, String usedBy) {
    String[] users() {
      return Stream.concat(Stream.of(name), Arrays.stream(usedBy.split(" ")))
          .filter(user -> !user.isEmpty())
          .map(user -> ROOT + user + "..")
          .toArray(String[]::new);
    }
  }

  @ArchTest
  static void shouldPointDownOnly(com.tngtech.archunit.core.domain.JavaClasses all) {
    for (Room room : ROOMS) {
      classes()
          .that()
          .resideInAPackage(ROOT + room.name() + "..")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAnyPackage(room.users())
          .allowEmptyShould(false)
          .check(all);
    }
  }

  @ArchTest
  static void shouldHaveARoomForEveryClass(com.tngtech.archunit.core.domain.JavaClasses all) {
    String[] rooms = ROOMS.stream().map(room -> ROOT + room.name() + "..").toArray(String[]::new);
    classes().should().resideInAnyPackage(rooms).check(all);
  }

  @ArchTest
  static final ArchRule NO_CIRCLES = slices().matching(ROOT + "(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule API_NEEDS_AGRONA_ONLY =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + "service", ROOT + "service.memory")
          .should()
          .dependOnClassesThat(
              describe(
                  "are neither the JDK's, nor Agrona's, nor of the interface itself",
                  (JavaClass type) -> {
                    String name = type.getPackageName();
                    return !name.isEmpty()
                        && !name.startsWith("java.")
                        && !name.startsWith("org.agrona")
                        && !name.equals(ROOT + "service")
                        && !name.equals(ROOT + "service.memory");
                  }));

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
                      isGuest(type.getPackageName())
                          || type.getName().toLowerCase(Locale.ROOT).contains("qemu")));

  /** The memory hook is the one thing of services that the trackers below know. */
  private static boolean isGuest(String name) {
    return name.startsWith(ROOT + "service") && !name.equals(ROOT + "service.memory")
        || name.startsWith(ROOT + "kv")
        || name.startsWith(ROOT + "vm");
  }

  /** Decisions are pure: no thread, no clock, no socket, no link inside (time is passed in). */
  @ArchTest
  static final ArchRule DECISIONS_ARE_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(DECISIONS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.aeron..",
              "java.net..",
              "java.nio.channels..",
              "java.nio.file..",
              "java.util.concurrent..",
              ROOT + "protocol.link..",
              ROOT + "protocol.monitor..",
              ROOT + "pair.arbiter..")
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
          .resideOutsideOfPackages(ROOT + "protocol..", ROOT + "node..", ROOT + "lab..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.aeron..");

  @ArchTest
  static final ArchRule LINUX_IS_CALLED_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              ROOT + "host..",
              // ptrace needs registers of its own; the codec binds memcmp and zstd, no Linux call.
              ROOT + "vm.track..",
              ROOT + "checkpoint.codec.format..",
              // The laboratory reads another process's memory.
              ROOT + "lab.bench.encode..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.foreign.Linker");
}
