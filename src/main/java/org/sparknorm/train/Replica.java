package org.sparknorm.train;

import java.util.Arrays;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Tensor;

/**
 * One slice's copy of the network. It reads the weights of the step, and owns its activations and its gradient.
 * Everything it does depends on (weights, step, slice) only. One thread at a time uses it; its buffers live on from
 * step to step.
 */
final class Replica {
    private final ReplicaSettings settings;
    private final int slice;
    private final Network network;
    private final SliceExamples examples;
    private final BatchReader reader;
    private final SoftmaxCrossEntropy loss;
    private final float[] gradient;
    private final Scratch scratch = new Scratch();
    private long inputNanos;

    Replica(ReplicaSettings settings, int slice, Network network, SliceExamples examples) {
        this.settings = settings;
        this.slice = slice;
        this.network = network;
        this.examples = examples;
        this.reader = new BatchReader(settings, slice, network.input(), examples);
        this.loss = new SoftmaxCrossEntropy(settings.labelSmoothing());
        this.gradient = new float[network.weightCount()];
    }

    Network network() {
        return network;
    }

    /** Runs forward and backward over the slice's share of the step's batch. Fills {@link #gradient}. */
    double[] step(long step, float[] weights, AllReduce allReduce) throws InterruptedException {
        long started = System.nanoTime();
        BatchReader.Batch batch = reader.batch(step);
        inputNanos = System.nanoTime() - started;
        Arrays.fill(gradient, 0f);
        network.bind(weights, gradient, null);
        RandomSource random =
                RandomSource.of(settings.seed(), "layers").at(step).at(slice);
        Pass pass = Pass.training(random, allReduce, scratch);
        Tensor logits = network.layers().forward(batch.input(), pass);
        int batchExamples = settings.plan().batchExamples(step);
        Tensor dLogits = loss.apply(logits, batch.labels(), batchExamples);
        Tensor dInput = network.layers().backward(dLogits, pass);
        if (dInput != null) {
            scratch.give(dInput);
        }
        double[] statistics = new double[StepStatistics.OBSERVATIONS + network.observationCount()];
        StepStatistics.add(statistics, batch.input().count(), loss);
        network.contributeObservations(slice, statistics, StepStatistics.OBSERVATIONS);
        return statistics;
    }

    /** This slice's part of the gradient of the whole batch's mean loss. */
    float[] gradient() {
        return gradient;
    }

    /** How long the last step waited for its examples. */
    long inputNanos() {
        return inputNanos;
    }

    /** The slice's model with these weights and running statistics, in inference mode. */
    Evaluator evaluator(float[] weights, float[] buffers) throws InterruptedException {
        reader.settle();
        network.bind(weights, gradient, buffers);
        return new Evaluator(network, examples, scratch, settings.plan().largestShare());
    }
}
