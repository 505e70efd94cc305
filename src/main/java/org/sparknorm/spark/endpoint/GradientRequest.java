package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.sparknorm.train.GradientSum;

/**
 * What a task tells the driver between two steps of a job: the gradients of its own slices. The answer, when all are in, is
 * their sum over all slices, or nothing where the weights that the task reads are the driver's own, which it has updated.
 */
record GradientRequest(StatisticsRequest.Try attempt, long step, GradientSum part) implements Serializable {}
