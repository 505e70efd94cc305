package org.sparknorm.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.sparknorm.report.Histogram;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/**
 * A question to a trained model about all examples of a split. Every slice answers for its own examples, with an {@link
 * Evaluator}; the answers of all slices are merged, within a task first and then on the driver. To ask something new is
 * to implement this interface.
 *
 * @param <A> an answer, of one slice or of several
 */
public interface InferenceTask<A> extends Serializable {
    /** The answer of one slice; on the thread of that slice. */
    A answer(Evaluator evaluator, int slice, int slices);

    /** The answer of no slice at all: neutral for {@link #merge}. */
    A none(int slices);

    /** The answer of the slices of both; may change the left one and return it. */
    A merge(A left, A right);

    /** A question whose answers are numbers to be added, in the fixed tree over the slices. */
    interface Sum extends InferenceTask<TreeSum<double[]>> {
        double[] numbers(Evaluator evaluator);

        @Override
        default TreeSum<double[]> answer(Evaluator evaluator, int slice, int slices) {
            TreeSum<double[]> sum = none(slices);
            sum.add(slice, numbers(evaluator));
            return sum;
        }

        @Override
        default TreeSum<double[]> none(int slices) {
            return new TreeSum<>(ArrayKind.DOUBLES, slices);
        }

        @Override
        default TreeSum<double[]> merge(TreeSum<double[]> left, TreeSum<double[]> right) {
            return left.merge(right);
        }
    }

    /** The loss and the hits of a model: the numbers of an {@link Evaluation}. */
    record Evaluate() implements Sum {
        @Override
        public double[] numbers(Evaluator evaluator) {
            return evaluator.evaluate();
        }

        @Override
        public String toString() {
            return "evaluate";
        }
    }

    /** The distribution of all that a layer outputs before any activation: the numbers of a {@link Histogram}. */
    record LayerHistogram(String layer) implements Sum {
        @Override
        public double[] numbers(Evaluator evaluator) {
            return evaluator.histogram(layer);
        }

        @Override
        public String toString() {
            return "histogram of " + layer;
        }
    }

    /** What a channel of a layer's output is, before any activation, at all examples; in no order. */
    record ChannelValues(ChannelId channel) implements InferenceTask<List<float[]>> {
        @Override
        public List<float[]> answer(Evaluator evaluator, int slice, int slices) {
            return new ArrayList<>(List.of(evaluator.values(channel)));
        }

        @Override
        public List<float[]> none(int slices) {
            return new ArrayList<>();
        }

        @Override
        public List<float[]> merge(List<float[]> left, List<float[]> right) {
            left.addAll(right);
            return left;
        }

        @Override
        public String toString() {
            return channel.toString();
        }
    }

    /**
     * The model's scores of every example.
     *
     * @param crops of each example, whose probabilities are averaged
     * @param keep what is kept of the scores of an example; travels to the executors
     */
    record Predict<T>(int crops, Function<Scores, T> keep) implements InferenceTask<Predict.Predicted<T>> {
        /**
         * What is kept of the examples of some slices.
         *
         * @param statistics the numbers of an evaluation, by slice
         * @param kept in the order of the slices, and of the examples in each
         */
        public record Predicted<T>(SortedMap<Integer, double[]> statistics, List<T> kept) implements Serializable {
            /**
             * The numbers of the evaluation, as an answer of {@link Evaluate}. A new one each time, for sums take over.
             */
            public TreeSum<double[]> sum(int slices) {
                TreeSum<double[]> sum = new TreeSum<>(ArrayKind.DOUBLES, slices);
                statistics.forEach((slice, numbers) -> sum.add(slice, numbers.clone()));
                return sum;
            }
        }

        @Override
        public Predicted<T> answer(Evaluator evaluator, int slice, int slices) {
            Predicted<T> own = none(slices);
            own.statistics()
                    .put(slice, evaluator.predict(crops, scores -> own.kept().add(keep.apply(scores))));
            return own;
        }

        @Override
        public Predicted<T> none(int slices) {
            return new Predicted<>(new TreeMap<>(), new ArrayList<>());
        }

        @Override
        public Predicted<T> merge(Predicted<T> left, Predicted<T> right) {
            left.statistics().putAll(right.statistics());
            left.kept().addAll(right.kept());
            return left;
        }

        @Override
        public String toString() {
            return "predict";
        }
    }
}
