package org.sparknorm.job;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.sparknorm.config.RefusedException;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Prediction;
import org.sparknorm.train.Scores;
import scala.Tuple2;

/**
 * Combines several networks by the arithmetic mean of their probabilities (Ioffe and Szegedy 2015, section 4.2.3).
 * Networks are added in the order in which they come and examples in the order of the input, so that the bits of the
 * result are the same in any number of partitions.
 */
public final class Ensemble {
    private JavaPairRDD<Long, Scores> sums;
    private long examples;
    private int members;

    /** The loss of an example and the rank of its label. */
    private record Verdict(double loss, int rank) implements Serializable {}

    /**
     * Adds the probabilities that one more network gives the same examples and classes. They are computed before this
     * returns.
     *
     * @throws RefusedException if the examples differ in their number, labels or names of files
     */
    public void add(JavaRDD<Scores> scores) {
        JavaPairRDD<Long, Scores> own = scores.mapToPair(each -> new Tuple2<>(each.index(), each));
        JavaPairRDD<Long, Scores> before = sums;
        sums = before == null ? own : before.join(own).mapValues(both -> plus(both._1(), both._2()));
        sums.persist(StorageLevel.MEMORY_AND_DISK());
        long count = sums.count();
        if (before == null) {
            examples = count;
        } else if (count != examples || scores.count() != examples) {
            throw new RefusedException("the models do not see the same examples", "give data.validation=PATH for all");
        } else {
            before.unpersist();
        }
        members++;
    }

    private static Scores plus(Scores left, Scores right) {
        double[] sum = left.probabilities().clone();
        if (left.label() != right.label() || !file(left).equals(file(right))) {
            throw new RefusedException(
                    "the models do not see the same examples: number " + left.index() + " is " + inWords(left)
                            + " for one and " + inWords(right) + " for another",
                    "give data.validation=PATH for all");
        }
        for (int c = 0; c < sum.length; c++) {
            sum[c] += right.probabilities()[c];
        }
        return new Scores(left.name(), left.index(), left.label(), sum);
    }

    /** Returns the name of the file alone, because packed images may have other folders. */
    private static String file(Scores scores) {
        return scores.name().substring(scores.name().lastIndexOf('/') + 1);
    }

    private static String inWords(Scores scores) {
        return (scores.name().isEmpty() ? "" : scores.name() + ", ") + "label " + scores.label();
    }

    /** Returns the evaluation of the mean. */
    public Evaluation evaluation() {
        int divisor = members;
        List<Verdict> verdicts = sums.mapValues(sum -> verdict(sum, divisor))
                .sortByKey()
                .values()
                .collect();
        double loss = 0;
        long first = 0;
        long inFive = 0;
        for (Verdict verdict : verdicts) {
            loss += verdict.loss();
            first += verdict.rank() == 0 ? 1 : 0;
            inFive += verdict.rank() >= 0 && verdict.rank() < Prediction.MOST_CLASSES ? 1 : 0;
        }
        double count = verdicts.size();
        return new Evaluation(verdicts.size(), loss / count, first / count, inFive / count);
    }

    private static Verdict verdict(Scores sum, int divisor) {
        double[] mean = sum.probabilities().clone();
        for (int c = 0; c < mean.length; c++) {
            mean[c] /= divisor;
        }
        Scores scores = new Scores(sum.name(), sum.index(), sum.label(), mean);
        return new Verdict(scores.loss(), scores.rank());
    }
}
