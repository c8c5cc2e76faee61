package org.understudy.failover.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.Timer;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No thread of a node dies in silence: what it does not handle reaches the handler of all threads,
 * which ends the process. That fails where a thread has a handler of its own, or a task's outcome
 * is kept for somebody who never asks. A class that begins to make threads is added here, once it
 * was looked at what becomes of them.
 */
final class ThreadsTest {
  /** Classes of a node that make threads, by their simple names. */
  private static final Set<String> KNOWN =
      Set.of(
          "Activation",
          "ArbiterWorker",
          "BackgroundSync",
          "BaseScan",
          "BetterTracker",
          "ClassWarmUp",
          "ControlServer",
          "DiskImage",
          "DiskLabels",
          "EarlyRestore",
          "FilterRemoval",
          "FrameThread",
          "GuestWriter",
          "HeadStart",
          "InjectionHelper",
          "InjectionMain",
          "OutputTail",
          "NbdServer",
          "NodeRunner",
          "PageDiffs",
          "PrivateListener",
          "PrivateRehearsal",
          "QmpReader",
          "ServiceGuest",
          "Shutdown",
          "StandbyNetwork",
          "StatusReporter",
          "TiedProcess",
          "VmGuest",
          "VmKit",
          "VmStandby");

  /** They wait for each task of theirs, and see what it threw. */
  private static final Set<String> WAIT_FOR_THEIR_TASKS = Set.of("TiedProcess", "ArbiterWorker");

  private static final JavaClasses NODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.understudy")
          .that(
              describe(
                  "are part of a node",
                  type ->
                      !type.getPackageName()
                          .matches(
                              "org\\.understudy\\.(failover|lab|simulation|node\\.(demo|bench)).*")));

  @Test
  void shouldKnowEachClassThatMakesThreads() {
    Set<String> making =
        NODE.stream()
            .filter(type -> type.getCodeUnitCallsFromSelf().stream().anyMatch(ThreadsTest::makes))
            .map(ThreadsTest::outermost)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(KNOWN)
        .as("add a class that makes threads, once nothing that they throw is lost")
        .containsAll(making);
  }

  private static boolean makes(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    String name = call.getTarget().getName();
    return owner.equals(Thread.class.getName())
            && Set.of("<init>", "ofPlatform", "ofVirtual", "startVirtualThread").contains(name)
        || owner.equals(Executors.class.getName());
  }

  private static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(ThreadsTest::outermost).orElse(type.getSimpleName());
  }

  @Test
  void shouldLeaveWhatThreadsThrowToTheHandlerOfAll() {
    noClasses()
        .that()
        .doNotHaveSimpleName("NodeRunner")
        .should()
        .callMethodWhere(
            describe(
                "sets a handler of its own",
                call ->
                    call.getTarget().getName().equals("setUncaughtExceptionHandler")
                        || call.getTarget().getName().equals("uncaughtExceptionHandler")))
        .check(NODE);
  }

  @Test
  void shouldNotKeepWhatATaskThrewForSomebodyWhoNeverAsks() {
    noClasses()
        .that(
            describe(
                "do not wait for their tasks",
                (JavaClass type) -> !WAIT_FOR_THEIR_TASKS.contains(outermost(type))))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Executors.class, ForkJoinPool.class, ScheduledExecutorService.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Timer.class)
        .orShould()
        .callMethodWhere(
            describe(
                "runs in the common pool",
                call ->
                    call.getTargetOwner().isEquivalentTo(CompletableFuture.class)
                        && call.getTarget().getName().endsWith("Async")))
        .check(NODE);
  }
}
