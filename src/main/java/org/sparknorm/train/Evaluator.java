package org.sparknorm.train;

import java.util.Arrays;
import java.util.function.Consumer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Softmax;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Tensor;

/** Inference over the examples of a slice, as many images at a time as in a step. */
final class Evaluator {
    private final Network network;
    private final SliceExamples examples;
    private final Scratch scratch;
    private final int chunk;
    private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
    private Tensor input;
    private int[] labels = new int[0];

    /** @param chunk images at a time */
    Evaluator(Network network, SliceExamples examples, Scratch scratch, int chunk) {
        this.network = network;
        this.examples = examples;
        this.scratch = scratch;
        this.chunk = chunk;
    }

    /** Loss and hits over all examples. */
    double[] evaluate() {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        for (int start = 0; start < examples.count(); start += chunk) {
            int count = Math.min(chunk, examples.count() - start);
            if (labels.length < count) {
                labels = new int[count];
            }
            input = Tensor.reuse(input, network.input().batch(count));
            for (int i = 0; i < count; i++) {
                examples.readCrop(
                        start + i, 0, 1, input.data(), i * network.input().size());
                labels[i] = examples.label(start + i);
            }
            loss.apply(forward(), labels, count);
            StepStatistics.add(statistics, count, loss);
        }
        return statistics;
    }

    /**
     * The same, and what the network says of each example.
     *
     * @param crops of each example, whose probabilities are averaged
     */
    double[] predict(int crops, Consumer<Prediction> predictions) {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        double[] probabilities = null;
        int classes = 0;
        long images = (long) examples.count() * crops;
        for (long start = 0; start < images; start += chunk) {
            int count = (int) Math.min(chunk, images - start);
            input = Tensor.reuse(input, network.input().batch(count));
            for (int i = 0; i < count; i++) {
                int position = (int) ((start + i) / crops);
                int crop = (int) ((start + i) % crops);
                examples.readCrop(
                        position, crop, crops, input.data(), i * network.input().size());
            }
            Tensor logits = forward();
            classes = logits.shape().last();
            if (probabilities == null) {
                probabilities = new double[classes];
            }
            for (int i = 0; i < count; i++) {
                Softmax.add(logits.data(), i * classes, probabilities);
                if ((start + i) % crops == crops - 1) {
                    int position = (int) ((start + i) / crops);
                    finish(position, probabilities, crops, statistics, predictions);
                    Arrays.fill(probabilities, 0);
                }
            }
        }
        return statistics;
    }

    private Tensor forward() {
        return network.layers().forward(input, Pass.inference(scratch));
    }

    private void finish(int position, double[] sum, int crops, double[] statistics, Consumer<Prediction> predictions) {
        int label = examples.label(position);
        for (int c = 0; c < sum.length; c++) {
            sum[c] /= crops;
        }
        Prediction prediction = Prediction.of(examples.name(position), examples.index(position), label, sum);
        predictions.accept(prediction);
        statistics[StepStatistics.EXAMPLES]++;
        if (label < 0) {
            return;
        }
        statistics[StepStatistics.LOSS] -= StrictMath.log(Math.max(sum[label], Double.MIN_VALUE));
        int rank = prediction.rank(label);
        statistics[StepStatistics.CORRECT] += rank == 0 ? 1 : 0;
        statistics[StepStatistics.CORRECT_IN_FIVE] += rank >= 0 ? 1 : 0;
    }
}
