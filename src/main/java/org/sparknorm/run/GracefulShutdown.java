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
 * Ctrl-C and SIGTERM: ends the step in progress and holds the JVM, with Spark and the file systems, until the run has
 * written its last checkpoint. The exit code is then the JVM's own, 130 or 143.
 */
final class GracefulShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(GracefulShutdown.class);

    /** Before Spark's own, which stops its context: the file systems' plus 30. */
    private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 60;

    /** As long as a last checkpoint may take. */
    private static final long LONGEST_SECONDS = 300;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final SparkWorkers workers;
    private final Runnable hook = this::interrupt;

    private GracefulShutdown(SparkWorkers workers) {
        this.workers = workers;
    }

    /** What is not to be torn from its work. */
    @FunctionalInterface
    interface Run {
        void go() throws Exception;
    }

    /** Runs to the end, or, when the JVM is to end, until the run has noticed. */
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
