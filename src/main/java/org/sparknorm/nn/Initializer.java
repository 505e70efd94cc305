package org.sparknorm.nn;

import org.sparknorm.config.ModelConfig.InitName;
import org.sparknorm.tensor.RandomSource;

/** Initial values of weights: normal numbers with mean 0. */
public final class Initializer {
    /** A truncated normal is redrawn beyond this many deviations. */
    private static final double TRUNCATION = 2;

    private final InitName name;
    private final double deviation;
    private final double convolutionScale;

    /**
     * @param name of the rule for the deviation
     * @param deviation used by the two rules that are given one
     * @param convolutionScale by which the weights of convolutions are multiplied
     */
    public Initializer(InitName name, double deviation, double convolutionScale) {
        this.name = name;
        this.deviation = deviation;
        this.convolutionScale = convolutionScale;
    }

    /** Draws in the order of the file: what a weight begins with does not depend on where it stands in memory. */
    void fill(float[] weights, Parameter parameter, RandomSource random) {
        double scale = deviation(parameter);
        if (parameter.role() == Parameter.Role.CONVOLUTION) {
            scale *= convolutionScale;
        }
        float[] values = new float[parameter.size()];
        for (int i = 0; i < values.length; i++) {
            double normal = name == InitName.TRUNCATED_GAUSSIAN ? truncated(random, i) : random.gaussian(i);
            values[i] = (float) (scale * normal);
        }
        parameter.fromFile(values, weights);
    }

    private double deviation(Parameter parameter) {
        return switch (name) {
            case HE -> Math.sqrt(2.0 / parameter.fanIn());
            case XAVIER -> Math.sqrt(2.0 / (parameter.fanIn() + parameter.fanOut()));
            case GAUSSIAN, TRUNCATED_GAUSSIAN -> deviation;
        };
    }

    private static double truncated(RandomSource random, int index) {
        RandomSource draws = random.at(index);
        for (int draw = 0; ; draw++) {
            double normal = draws.gaussian(draw);
            if (Math.abs(normal) <= TRUNCATION) {
                return normal;
            }
        }
    }
}
