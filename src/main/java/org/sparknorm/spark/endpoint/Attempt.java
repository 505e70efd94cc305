package org.sparknorm.spark.endpoint;

import java.io.Serializable;

/**
 * One attempt at the steps of a job. Requests of two attempts never meet in one sum.
 *
 * @param step the first of the job
 * @param number counts the attempts at this step, from 0
 */
public record Attempt(long step, int number) implements Serializable {}
