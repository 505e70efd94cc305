package org.sparknorm.job;

import java.util.Arrays;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Compares the gradient of a step with differences of the loss, through all layers and synchronized norms: for a
 * direction d of length 1, g·d with (L(w + h·d) − L(w − h·d)) / 2h. Of several h, the one with the smallest error
 * counts: with a large h the loss is not linear between the two points, with a small one the rounding of float32 hides
 * their difference, and the best h depends on the network.
 *
 * <p>The directions are the gradient itself and random halves of it. In a direction drawn from all, the loss would
 * hardly change, and the rounding of float32 would hide the change.
 */
public final class CentralDifferences {
    /** Approximate changes of the loss between the two points, from which h follows. */
    private static final double[] CHANGES = {3e-2, 1e-2, 3e-3, 1e-3, 3e-4};

    private final Workers workers;
    private final Network network;
    private final ModelTensors model;
    private final Optimizer optimizer;

    /** @param model gives the weights; it is not changed */
    public CentralDifferences(Workers workers, Network network, ModelTensors model, Optimizer optimizer) {
        this.workers = workers;
        this.network = network;
        this.model = model;
        this.optimizer = optimizer;
    }

    /** Returns the relative error of the gradient in each direction. */
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

    /** @param part a part of the gradient, whose length is the slope of the loss in its direction */
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
