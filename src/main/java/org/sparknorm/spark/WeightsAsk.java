package org.sparknorm.spark;

import java.io.Serializable;

/** What a task asks the driver: the weights of the try in progress. */
record WeightsAsk(StatisticsAsk.Try attempt) implements Serializable {}
