package org.sparknorm.train;

/**
 * Where the driver's time for the steps of a job went, in nanoseconds.
 *
 * @param broadcast until the weights were on their way
 * @param scheduling from there until the last task had begun
 */
public record JobTimes(long broadcast, long scheduling) {
    static final JobTimes NONE = new JobTimes(0, 0);

    JobTimes plus(JobTimes other) {
        return new JobTimes(broadcast + other.broadcast, scheduling + other.scheduling);
    }
}
