package org.sparknorm.train;

import java.util.Arrays;
import org.sparknorm.data.Permutation;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Tensor;

/**
 * One slice's copy of the network: reads the weights of the step, owns its activations and its gradient. Everything it
 * does depends on (weights, step, slice) alone. Used by one thread at a time; buffers live on from step to step.
 */
final class Replica {
    private final TrainingSetup setup;
    private final int slice;
    private final Network network;
    private final SliceExamples examples;
    private final SoftmaxCrossEntropy trainingLoss;
    private final SoftmaxCrossEntropy evaluationLoss = new SoftmaxCrossEntropy(0);
    private final float[] gradient;
    private final Scratch scratch = new Scratch();
    private Tensor input;
    private int[] labels = new int[0];
    private long orderedEpoch = -1;
    private Permutation order;

    Replica(TrainingSetup setup, int slice, Network network, SliceExamples examples) {
        this.setup = setup;
        this.slice = slice;
        this.network = network;
        this.examples = examples;
        this.trainingLoss = new SoftmaxCrossEntropy(setup.labelSmoothing());
        this.gradient = new float[network.weightCount()];
    }

    /** Forward and backward over the slice's share of the step's batch. Fills {@link #gradient}. */
    double[] step(long step, float[] weights, AllReduce allReduce) {
        BatchPlan plan = setup.plan();
        int batchExamples = plan.batchExamples(step);
        int start = plan.shareStart(slice, step);
        int count = plan.share(slice, batchExamples);
        load(start, count, order(plan.epoch(step)));
        Arrays.fill(gradient, 0f);
        network.bind(weights, gradient, null);
        Pass pass = Pass.training(allReduce, scratch);
        Tensor logits = network.layers().forward(input, pass);
        Tensor dLogits = trainingLoss.apply(logits, labels, batchExamples);
        Tensor dInput = network.layers().backward(dLogits, pass);
        if (dInput != null) {
            scratch.give(dInput);
        }
        double[] statistics = new double[StepStatistics.OBSERVATIONS + network.observationCount()];
        addLoss(statistics, count, trainingLoss);
        network.contributeObservations(slice, statistics, StepStatistics.OBSERVATIONS);
        return statistics;
    }

    /** Of the mean loss of the whole batch by all weights, this slice's part of it. */
    float[] gradient() {
        return gradient;
    }

    /** Inference over all examples of the slice, as many at a time as in a step. */
    double[] evaluate(float[] weights, float[] buffers) {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        network.bind(weights, gradient, buffers);
        int chunk = setup.plan().largestShare();
        for (int start = 0; start < examples.count(); start += chunk) {
            int count = Math.min(chunk, examples.count() - start);
            load(start, count, null);
            Tensor logits = network.layers().forward(input, Pass.inference(scratch));
            evaluationLoss.apply(logits, labels, count);
            addLoss(statistics, count, evaluationLoss);
        }
        return statistics;
    }

    private static void addLoss(double[] statistics, int count, SoftmaxCrossEntropy loss) {
        statistics[StepStatistics.EXAMPLES] += count;
        statistics[StepStatistics.LOSS] += loss.lossSum();
        statistics[StepStatistics.CORRECT] += loss.correct();
        statistics[StepStatistics.CORRECT_IN_FIVE] += loss.correctInFive();
    }

    private void load(int start, int count, Permutation permutation) {
        input = Tensor.reuse(input, network.input().batch(count));
        if (labels.length < count) {
            labels = new int[count];
        }
        int size = network.input().size();
        for (int i = 0; i < count; i++) {
            int position = permutation == null ? start + i : (int) permutation.at(start + i);
            examples.read(position, input.data(), i * size);
            labels[i] = examples.label(position);
        }
    }

    /** The slice's own order of its examples in an epoch, or null for the order of the deal. */
    private Permutation order(long epoch) {
        if (!setup.newOrderEachEpoch()) {
            return null;
        }
        if (epoch != orderedEpoch) {
            RandomSource random =
                    RandomSource.of(setup.seed(), "epoch").at(epoch).at(slice);
            order = new Permutation(examples.count(), random);
            orderedEpoch = epoch;
        }
        return order;
    }
}
