package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.sparknorm.sync.TreeSum;

/** What a task asks the driver: the whole sum of that name, for the part of its own slices. */
public record StatisticsRequest(Try attempt, String name, TreeSum<double[]> part) implements Serializable {
    /** One try at one step. Asks of two tries never meet in one sum. */
    public record Try(long step, int number) implements Serializable {}
}
