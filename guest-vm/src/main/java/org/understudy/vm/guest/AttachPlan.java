package org.understudy.vm.guest;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * How to come by a machine that something else starts.
 *
 * @param qmpSocket where its QEMU listens for QMP
 * @param mayCompare whether dirty pages may be found by comparing, where tracking is not possible
 * @param isGivenUp asked while there is no machine yet
 */
public record AttachPlan(Path qmpSocket, boolean mayCompare, BooleanSupplier isGivenUp) {}
