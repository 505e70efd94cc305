package org.sparknorm.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;

/**
 * A model as a whole: its layers, and the places of all parameters in one array of weights and of all running
 * statistics in one array of buffers. Broadcast, sum, optimizer and file each handle one array.
 */
public final class Network {
    private final Layer layers;
    private final Shape input;
    private final Shape output;
    private final List<Parameter> parameters;
    private final List<RunningStatistics> statistics;
    private final int weightCount;
    private final int bufferCount;
    private final int observationCount;

    /** @throws IllegalArgumentException if the layers do not fit the shape of one example */
    public Network(Layer layers, Shape input) {
        this.layers = layers;
        this.input = input;
        this.output = layers.outputShape(input);
        this.parameters = List.copyOf(layers.parameters());
        this.statistics = List.copyOf(layers.runningStatistics());
        int place = 0;
        for (Parameter parameter : parameters) {
            parameter.place(place);
            place = Math.addExact(place, parameter.size());
        }
        weightCount = place;
        place = 0;
        int observations = 0;
        for (RunningStatistics norm : statistics) {
            norm.place(place);
            place += 2 * norm.channels();
            observations += norm.observationSize();
        }
        bufferCount = place;
        observationCount = observations;
    }

    public Layer layers() {
        return layers;
    }

    /** Shape of one example. */
    public Shape input() {
        return input;
    }

    /** Number of classes. */
    public int classes() {
        return output.size();
    }

    public List<Parameter> parameters() {
        return parameters;
    }

    public List<RunningStatistics> statistics() {
        return statistics;
    }

    public int weightCount() {
        return weightCount;
    }

    public int bufferCount() {
        return bufferCount;
    }

    /** Returns how many numbers a slice reports of its norms in a step. */
    public int observationCount() {
        return observationCount;
    }

    /** Lets all layers read these weights and buffers and add into these gradients. */
    public void bind(float[] weights, float[] gradients, float[] buffers) {
        for (Parameter parameter : parameters) {
            parameter.bind(weights, gradients);
        }
        for (RunningStatistics norm : statistics) {
            norm.bind(buffers);
        }
    }

    /**
     * Returns the initial weights, a function of the seed and each parameter's name. Biases and shifts are 0, scales 1.
     */
    public float[] initialWeights(Initializer initializer, long seed) {
        float[] weights = new float[weightCount];
        for (Parameter parameter : parameters) {
            int from = parameter.offset();
            int to = from + parameter.size();
            switch (parameter.role()) {
                case WEIGHT, CONVOLUTION ->
                    initializer.fill(weights, parameter, RandomSource.of(seed, "initial " + parameter.name()));
                case NORM_SCALE -> Arrays.fill(weights, from, to, 1f);
                case BIAS, NORM_SHIFT -> Arrays.fill(weights, from, to, 0f);
            }
        }
        return weights;
    }

    /** Returns running means of 0 and running variances of 1. */
    public float[] initialBuffers() {
        float[] buffers = new float[bufferCount];
        for (RunningStatistics norm : statistics) {
            int variance = norm.offset() + norm.channels();
            Arrays.fill(buffers, variance, variance + norm.channels(), 1f);
        }
        return buffers;
    }

    /** Writes what the slice observed in its norms in this step from the index of the target on. */
    public void contributeObservations(int slice, double[] target, int start) {
        int at = start;
        for (RunningStatistics norm : statistics) {
            norm.contribute(slice, target, at);
            at += norm.observationSize();
        }
    }

    /** Applies the decay of every norm to the buffers, for the observations of all slices, summed. */
    public void updateBuffers(float[] buffers, double[] observations, int start) {
        int at = start;
        for (RunningStatistics norm : statistics) {
            norm.update(buffers, observations, at);
            at += norm.observationSize();
        }
    }

    /**
     * Returns buffers that hold only what was observed: for the summed observations of several steps, their means
     * weighted by the numbers of values.
     */
    public float[] buffersOf(double[] observations) {
        float[] buffers = new float[bufferCount];
        int at = 0;
        for (RunningStatistics norm : statistics) {
            norm.update(buffers, observations, at, 0);
            at += norm.observationSize();
        }
        return buffers;
    }

    /** A layer that is no container, with the shapes of one example. */
    public record Row(Layer layer, Shape input, Shape output) {}

    /** The layers in the order of the forward pass. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        layers.visit(input, (layer, before, behind) -> rows.add(new Row(layer, before, behind)));
        return rows;
    }
}
