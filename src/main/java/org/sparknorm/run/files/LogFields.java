package org.sparknorm.run.files;

import java.util.List;
import java.util.Map;

/** The names of the members in a run's JSON: in the lines of its logs, and in {@code result.json}. */
public final class LogFields {
    public static final String STEP = "step";
    public static final String EXAMPLES = "examples";
    public static final String LOSS = "loss";

    // Of steps.jsonl.
    static final String EPOCH = "epoch";
    static final String ACCURACY = "accuracy";
    static final String LEARNING_RATE = "learningRate";
    static final String SECONDS = "seconds";
    /** The parts of the seconds, an object of {@link org.sparknorm.train.StepTimes}. */
    static final String SECONDS_OF = "secondsOf";
    /** What was not finite in a step, if anything was. */
    static final String NOT_FINITE = "notFinite";

    // Of evaluations.jsonl.
    static final String SPLIT = "split";
    public static final String TOP1 = "top1";
    static final String TOP5 = "top5";

    // Of percentiles.jsonl.
    static final String LAYER = "layer";
    static final String UNIT = "unit";
    /** The percentiles that are recorded, in this order. */
    public static final List<Integer> PERCENTILES = List.of(15, 50, 85);

    // Of histograms.jsonl, next to the members of a histogram.
    static final String TAG = "tag";

    // Of result.json.
    public static final String STEPS = "steps";
    public static final String WEIGHTS_SHA256 = "weightsSha256";
    public static final String IMAGES_PER_SECOND = "imagesPerSecond";
    public static final String PARTITIONS = "partitions";
    public static final String SLICES = "slices";
    /** True where evaluations ended the run before its last step. */
    public static final String STOPPED_EARLY = "stoppedEarly";
    /** The first step in which something was not finite. */
    public static final String DIVERGED_AT = "divergedAt";

    // Of result.json and of checkpoints: what computed the run.
    public static final String BLAS = "blas";

    private LogFields() {}

    static String percentile(int percent) {
        return "p" + percent;
    }

    /** Returns the value of a member; NaN if it is not a number, since what is not finite is written as text. */
    public static double number(Map<String, Object> line, String member) {
        return line.get(member) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
