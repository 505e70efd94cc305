package org.sparknorm.train;

import java.util.function.Consumer;
import org.sparknorm.nn.ChannelOutputs;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Probe;
import org.sparknorm.nn.Softmax;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.report.Histogram;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Tensor;

/** A trained model and the examples of one slice: runs inference over them, as many examples at a time as in a step. */
public final class Evaluator {
    private final Network network;
    private final SliceExamples examples;
    private final Scratch scratch;
    private final int chunk;
    private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
    private Tensor input;
    private int[] labels = new int[0];

    /** @param chunk how many images are computed at a time */
    Evaluator(Network network, SliceExamples examples, Scratch scratch, int chunk) {
        this.network = network;
        this.examples = examples;
        this.scratch = scratch;
        this.chunk = chunk;
    }

    /** Returns the numbers of an {@link Evaluation} over all examples. */
    public double[] evaluate() {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        for (int start = 0; start < examples.count(); start += chunk) {
            int count = Math.min(chunk, examples.count() - start);
            if (labels.length < count) {
                labels = new int[count];
            }
            for (int i = 0; i < count; i++) {
                labels[i] = examples.label(start + i);
            }
            loadCrops(start, count, 1);
            loss.apply(forward(null), labels, count);
            StepStatistics.add(statistics, count, loss);
        }
        return statistics;
    }

    /**
     * Returns the same numbers, and hands over the scores of each example.
     *
     * @param crops the number of crops of each example, whose probabilities are averaged
     */
    public double[] predict(int crops, Consumer<Scores> scores) {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        double[] probabilities = null;
        long images = (long) examples.count() * crops;
        for (long start = 0; start < images; start += chunk) {
            int count = (int) Math.min(chunk, images - start);
            loadCrops(start, count, crops);
            Tensor logits = forward(null);
            int classes = logits.shape().last();
            probabilities = probabilities == null ? new double[classes] : probabilities;
            for (int i = 0; i < count; i++) {
                Softmax.add(logits.data(), i * classes, probabilities);
                boolean isLastCrop = (start + i) % crops == crops - 1;
                if (!isLastCrop) {
                    continue;
                }
                int position = (int) ((start + i) / crops);
                divide(probabilities, crops);
                Scores found = new Scores(
                        examples.name(position), examples.index(position), examples.label(position), probabilities);
                scores.accept(found);
                addHits(statistics, found.rank());
                if (found.label() >= 0) {
                    statistics[StepStatistics.LOSS] += crops == 1
                            ? -Softmax.logProbability(logits.data(), i * classes, classes, found.label())
                            : found.loss();
                }
                probabilities = new double[classes];
            }
        }
        return statistics;
    }

    /** Loads crops, which are numbered through all examples. */
    private void loadCrops(long start, int count, int crops) {
        input = Tensor.reuse(input, network.input().batch(count));
        int size = network.input().size();
        for (int i = 0; i < count; i++) {
            long image = start + i;
            examples.readCrop((int) (image / crops), (int) (image % crops), crops, input.data(), i * size);
        }
    }

    /** Returns all outputs of a channel at all examples. */
    public float[] values(ChannelId channel) {
        ChannelOutputs values = new ChannelOutputs(channel.channel());
        probe(new Probe(channel.layer(), values));
        return values.all();
    }

    /** Returns the numbers of the {@link Histogram} of a layer's outputs at all examples. */
    public double[] histogram(String layer) {
        Histogram histogram = new Histogram();
        probe(new Probe(layer, y -> {
            for (int i = 0; i < y.size(); i++) {
                histogram.add(y.data()[i]);
            }
        }));
        return histogram.numbers();
    }

    private void probe(Probe probe) {
        for (int start = 0; start < examples.count(); start += chunk) {
            loadCrops(start, Math.min(chunk, examples.count() - start), 1);
            forward(probe);
        }
    }

    private Tensor forward(Probe probe) {
        return network.layers().forward(input, Pass.inference(scratch, probe));
    }

    private static void divide(double[] values, int divisor) {
        for (int i = 0; i < values.length; i++) {
            values[i] /= divisor;
        }
    }

    private static void addHits(double[] statistics, int rank) {
        statistics[StepStatistics.EXAMPLES]++;
        statistics[StepStatistics.CORRECT] += rank == 0 ? 1 : 0;
        statistics[StepStatistics.CORRECT_IN_FIVE] += rank >= 0 && rank < Prediction.MOST_CLASSES ? 1 : 0;
    }
}
