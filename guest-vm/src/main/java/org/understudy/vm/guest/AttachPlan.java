package org.understudy.vm.guest;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * How to come by a machine that something else starts.
 *
 * @param qmpSocket where its QEMU listens for QMP
 * @param isGivenUp asked while there is no machine yet
 */
public record AttachPlan(Path qmpSocket, BooleanSupplier isGivenUp) {}
