package org.sparknorm.optim;

import java.util.List;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;

/** A small network, and weights and gradients for it. */
final class OptimizerFixture {
    static final int STEPS = 10;
    static final double RATE = 0.05;

    /** Every role of parameters: 2·3 weights, 3 biases, 3 scales, 3 shifts. */
    static final Network NETWORK = new Network(
            new Sequential(List.of(
                    new Linear(new Linear.Specification("fc1", 2, 3, true, false), Blas.none()),
                    new BatchNorm(
                            new NormSpec("bn1", 3, Activation.Kind.NONE), new BatchNorm.Options(1e-5, 0.9, true)))),
            Shape.of(2));

    private static final RandomSource RANDOM = RandomSource.of(1, "optimizer");

    private OptimizerFixture() {}

    /** @param assignments keys of the configuration, each {@code key=value} */
    static Optimizer optimizer(String... assignments) {
        return Optimizers.of(config(assignments), NETWORK);
    }

    static OptimizerConfig config(String... assignments) {
        return ConfigFiles.ofText("steps = 1")
                .with(List.of(assignments))
                .toRunConfig()
                .optimizer();
    }

    /** A normally distributed value per weight; step 0 serves as weights. */
    static float[] gradient(int step) {
        float[] gradient = new float[NETWORK.weightCount()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) RANDOM.at(step).gaussian(i);
        }
        return gradient;
    }
}
