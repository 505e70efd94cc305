package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.sparknorm.config.RefusedException;

/**
 * What a task tells the driver before it fails: of the exception of a barrier stage's task Spark keeps a text alone, and
 * repeating the step would not help.
 */
record RefusalMessage(StatisticsRequest.Try attempt, RefusedException refusal) implements Serializable {}
