package org.sparknorm.spark;

import java.io.Serializable;
import org.sparknorm.config.RefusedException;

/**
 * What a task tells the driver before it fails: of the exception of a barrier stage's task Spark keeps a text alone, and
 * repeating the step would not help.
 */
record RefusalNote(StatisticsAsk.Try attempt, RefusedException refusal) implements Serializable {}
