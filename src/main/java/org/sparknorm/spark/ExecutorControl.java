package org.sparknorm.spark;

import java.util.Set;

/** What {@link Recovery} sees of the application and its executors, and has them do. */
interface ExecutorControl {
    /** Whether the application has ended. */
    boolean isStopped();

    /** How many tasks, each with its CPUs, can run at the same time now. */
    int slots();

    /** Whether that many tasks, run at the same time, can load the BLAS of the run. */
    boolean canLoadBlas(int slots);

    /** The executors that let a sum of the last attempt time out; none in local mode. */
    Set<String> late();

    boolean isThere(String executor);

    /** Has the cluster manager end an executor and start another; false where it cannot. */
    boolean replace(String executor);

    /** Marks the jobs that this thread starts from now on as those that {@link #cancelJobs} ends. */
    void claimJobs();

    void cancelJobs();
}
