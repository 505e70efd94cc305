package org.sparknorm.job;

import java.util.Arrays;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Compares the gradient of a step with the loss on both sides of its weights, through all layers and synchronized
 * norms: for a direction d of length 1, g·d with (L(w + h·d) − L(w − h·d)) / 2h. Several h are measured, and the one
 * that fits best counts: with a large h the loss bends between the two sides, with a small one float32 rounds their
 * difference away, and which h lies between the two depends on the network.
 *
 * <p>The directions are the gradient itself and random halves of it: in a direction drawn from all, the loss would
 * hardly change, and float32 would hide the change.
 */
public final class CentralDifferences {
    /** By how much the loss changes from one side to the other, roughly; h follows from it. */
    private static final double[] CHANGES = {3e-2, 1e-2, 3e-3, 1e-3, 3e-4};

    private final Workers workers;
    private final Network network;
    private final ModelTensors model;
    private final Optimizer optimizer;

    /** @param model gives the weights, and is not changed */
    public CentralDifferences(Workers workers, Network network, ModelTensors model, Optimizer optimizer) {
        this.workers = workers;
        this.network = network;
        this.model = model;
        this.optimizer = optimizer;
    }

    /** The relative error of the gradient in each direction. */
    public double[] errors(int directions, long seed) {
        float[] gradient = workers.step(at(model.weights()), 1).gradient().clone();
        RandomSource random = RandomSource.of(seed, "directions");
        double[] errors = new double[directions];
        for (int i = 0; i < directions; i++) {
            double[] direction = new double[gradient.length];
            for (int w = 0; w < direction.length; w++) {
                direction[w] = i == 0 || random.at(i).uniform(w) < 0.5 ? gradient[w] : 0;
            }
            errors[i] = error(direction);
        }
        return errors;
    }

    /** @param part of the gradient: its length is the slope in its direction */
    private double error(double[] part) {
        double slope = Math.sqrt(Arrays.stream(part).map(g -> g * g).sum());
        return Arrays.stream(CHANGES)
                .map(change -> slope(part, slope, change / (2 * slope)))
                .map(measured -> Math.abs(measured - slope) / slope)
                .min()
                .orElseThrow();
    }

    private double slope(double[] part, double length, double step) {
        float[] plus = model.weights().clone();
        float[] minus = model.weights().clone();
        for (int i = 0; i < part.length; i++) {
            plus[i] += (float) (step * part[i] / length);
            minus[i] -= (float) (step * part[i] / length);
        }
        return (loss(plus) - loss(minus)) / (2 * step);
    }

    private double loss(float[] weights) {
        return workers.step(at(weights), 1).loss();
    }

    private TrainingState at(float[] weights) {
        return new TrainingState(
                network, new ModelTensors(weights, model.buffers().clone(), 0), optimizer, 0);
    }
}
