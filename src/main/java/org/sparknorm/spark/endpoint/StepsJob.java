package org.sparknorm.spark.endpoint;

import java.util.function.Consumer;
import org.sparknorm.train.StepResult;

/**
 * Says what the driver wants of an attempt.
 *
 * @param weights the driver's own; {@code made} changes them between two steps
 * @param made takes what all slices make of a step, and updates the driver's weights; not called for the last step
 * @param cancel ends the attempt's Spark job; called where {@code made} throws
 */
public record StepsJob(Attempt attempt, float[] weights, Consumer<StepResult> made, Runnable cancel) {}
