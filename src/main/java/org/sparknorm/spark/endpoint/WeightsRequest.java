package org.sparknorm.spark.endpoint;

import java.io.Serializable;

/** What a task asks the driver: the weights of the try in progress. */
record WeightsRequest(StatisticsRequest.Try attempt) implements Serializable {}
