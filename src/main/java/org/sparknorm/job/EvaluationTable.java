package org.sparknorm.job;

import java.util.Locale;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.train.Evaluation;

/** Prints the evaluations of models to stdout, one per line. */
final class EvaluationTable {
    private final boolean withTop5;
    private final int width;

    /**
     * @param width width of the first column in characters
     * @param withTop5 see {@link RunLog#hasTop5}
     */
    EvaluationTable(int width, boolean withTop5) {
        this.withTop5 = withTop5;
        this.width = width;
    }

    /** @param first heading of the first column */
    void printHeading(String first) {
        System.out.printf(
                "%-" + width + "s %10s %10s %8s%s%n",
                first,
                "examples",
                "loss",
                "top-1",
                withTop5 ? String.format("%9s", "top-5") : "");
    }

    void print(String name, Evaluation evaluation) {
        System.out.printf(
                Locale.ROOT,
                "%-" + width + "s %10d %10.6f %8.4f%s%n",
                name,
                evaluation.examples(),
                evaluation.loss(),
                evaluation.top1(),
                withTop5 ? String.format(Locale.ROOT, " %8.4f", evaluation.top5()) : "");
    }
}
