package org.sparknorm.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.InterruptedRunException;

/**
 * On Ctrl-C or SIGTERM, ends the step in progress and keeps the JVM, Spark and the file systems alive until the run has
 * written its last checkpoint. The exit code is then that of the JVM, 130 or 143.
 */
final class GracefulShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(GracefulShutdown.class);

    /** The hook runs before that of Spark, which stops its context and has the priority of the file systems plus 30. */
    private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 60;

    /** The longest time that writing the last checkpoint may take. */
    private static final long LONGEST_SECONDS = 300;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final SparkWorkers workers;
    private final Runnable hook = this::interrupt;

    private GracefulShutdown(SparkWorkers workers) {
        this.workers = workers;
    }

    /** A run that the end of the JVM must not interrupt. */
    @FunctionalInterface
    interface Run {
        void go() throws Exception;
    }

    /** Makes the run, and holds the end of the JVM until the run has ended. */
    static void guard(SparkWorkers workers, Run run) throws Exception {
        GracefulShutdown interruption = new GracefulShutdown(workers);
        ShutdownHookManager.get().addShutdownHook(interruption.hook, PRIORITY, LONGEST_SECONDS, TimeUnit.SECONDS);
        try {
            run.go();
        } catch (InterruptedRunException e) {
            System.err.println("error: " + e.getMessage() + "; go on with resume=latest");
            throw e;
        } finally {
            interruption.end();
        }
    }

    private void interrupt() {
        workers.stop();
        try {
            if (!ended.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the run has not ended within {} s", LONGEST_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        ended.countDown();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(hook);
        }
    }
}
