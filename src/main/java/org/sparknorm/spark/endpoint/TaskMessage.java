package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;

/**
 * A message of a task to the {@link DriverEndpoint}, which answers each: a request with what is asked for, a mere
 * report with true.
 */
sealed interface TaskMessage extends Serializable {
    Attempt attempt();

    /** What the message is about, for the text of a failure. */
    default String subject() {
        return "request";
    }

    /** Reports that a task has begun which needs no weights of the endpoint. */
    record Begin(Attempt attempt) implements TaskMessage {}

    /**
     * Reports that a task has begun, and asks for the weights of the attempt. The answer is the driver's own
     * {@code float[]}, or a copy as bytes.
     *
     * @param inProcess whether the task runs in the driver's process, where it can read the driver's own array
     */
    record WeightsRequest(Attempt attempt, boolean inProcess) implements TaskMessage {
        @Override
        public String subject() {
            return "request for weights";
        }
    }

    /**
     * Asks for the whole sum of that name, given the part of the task's own slices. The answer is a {@code double[]}.
     */
    record StatisticsRequest(Attempt attempt, String name, TreeSum<double[]> part) implements TaskMessage {
        @Override
        public String subject() {
            return "sum " + name;
        }
    }

    /**
     * Hands in the gradients of the task's own slices between two steps of a job. The answer comes when those of all
     * slices are in. It is their sum as bytes if the task wants it, otherwise true.
     *
     * @param wantsSum whether the task updates weights of its own; if not, it reads the driver's, which are updated
     *     before the answer
     */
    record GradientRequest(Attempt attempt, GradientSum part, boolean wantsSum) implements TaskMessage {
        @Override
        public String subject() {
            return "sum gradient";
        }
    }

    /**
     * Reports why a task is about to fail: of the exception of a barrier stage's task Spark keeps a text alone, and
     * repeating the step would not help.
     */
    record Refusal(Attempt attempt, RefusedException cause) implements TaskMessage {}
}
