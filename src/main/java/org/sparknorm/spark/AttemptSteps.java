package org.sparknorm.spark;

import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.spark.endpoint.Attempt;
import org.sparknorm.spark.endpoint.EndpointAddress;

/**
 * The steps that every task of an attempt makes.
 *
 * @param count how many there are, from the attempt's first on
 * @param weights where a task has the weights from
 * @param endpoint the driver's
 * @param statisticsTimeout how long a task waits for a sum
 */
record AttemptSteps(
        Attempt attempt,
        int count,
        WeightsSource weights,
        Broadcast<EndpointAddress> endpoint,
        Duration statisticsTimeout)
        implements Serializable {}
