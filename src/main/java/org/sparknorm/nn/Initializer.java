package org.sparknorm.nn;

import org.sparknorm.tensor.RandomSource;

/** Initial values of weights: normal numbers with mean 0. */
public final class Initializer {
    /** A truncated normal is redrawn beyond this many deviations. */
    private static final double TRUNCATION = 2;

    private final Kind kind;
    private final double deviation;
    private final double convolutionScale;

    /** The rules for the deviation. */
    public enum Kind {
        /** √(2 / fan-in), for ReLU (He et al. 2015). */
        HE,
        /** √(2 / (fan-in + fan-out)) (Glorot and Bengio 2010). */
        XAVIER,
        /** As given. */
        GAUSSIAN,
        /** As given, nothing beyond two deviations. */
        TRUNCATED_GAUSSIAN
    }

    /**
     * @param deviation used by the two kinds that are given one
     * @param convolutionScale by which the weights of convolutions are multiplied
     */
    public Initializer(Kind kind, double deviation, double convolutionScale) {
        this.kind = kind;
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
            double normal = kind == Kind.TRUNCATED_GAUSSIAN ? truncated(random, i) : random.gaussian(i);
            values[i] = (float) (scale * normal);
        }
        parameter.fromFile(values, weights);
    }

    private double deviation(Parameter parameter) {
        return switch (kind) {
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
