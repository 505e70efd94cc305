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
 * One slice's copy of the network: reads the weights of the step, owns its activations and its gradient. Everything it
 * does depends on (weights, step, slice) alone. Used by one thread at a time; buffers live on from step to step.
 */
final class Replica {
    private final ReplicaSettings setup;
    private final int slice;
    private final Network network;
    private final SliceExamples examples;
    private final BatchReader reader;
    private final SoftmaxCrossEntropy loss;
    private final float[] gradient;
    private final Scratch scratch = new Scratch();
    private long inputNanos;

    Replica(ReplicaSettings setup, int slice, Network network, SliceExamples examples) {
        this.setup = setup;
        this.slice = slice;
        this.network = network;
        this.examples = examples;
        this.reader = new BatchReader(setup, slice, network.input(), examples);
        this.loss = new SoftmaxCrossEntropy(setup.labelSmoothing());
        this.gradient = new float[network.weightCount()];
    }

    /** Forward and backward over the slice's share of the step's batch. Fills {@link #gradient}. */
    double[] step(long step, float[] weights, AllReduce allReduce) throws InterruptedException {
        long started = System.nanoTime();
        BatchReader.Batch batch = reader.batch(step);
        inputNanos = System.nanoTime() - started;
        Arrays.fill(gradient, 0f);
        network.bind(weights, gradient, null);
        RandomSource random = RandomSource.of(setup.seed(), "layers").at(step).at(slice);
        Pass pass = Pass.training(random, allReduce, scratch);
        Tensor logits = network.layers().forward(batch.input(), pass);
        int batchExamples = setup.plan().batchExamples(step);
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

    /** Of the mean loss of the whole batch by all weights, this slice's part of it. */
    float[] gradient() {
        return gradient;
    }

    /** Until the examples of the last step were there. */
    long inputNanos() {
        return inputNanos;
    }

    /** The slice's model with these weights and running statistics, in inference mode. */
    Evaluator evaluator(float[] weights, float[] buffers) throws InterruptedException {
        reader.settle();
        network.bind(weights, gradient, buffers);
        return new Evaluator(network, examples, scratch, setup.plan().largestShare());
    }
}
