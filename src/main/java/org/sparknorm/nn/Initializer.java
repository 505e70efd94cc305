package org.sparknorm.nn;

import org.sparknorm.tensor.RandomSource;

/** Initial values of weights: normal numbers with mean 0. */
public final class Initializer {
    /** A truncated normal is redrawn beyond this many deviations. */
    private static final double TRUNCATION = 2;

    private final Kind kind;
    private final double deviation;

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

    /** @param deviation used by the two kinds that are given one */
    public Initializer(Kind kind, double deviation) {
        this.kind = kind;
        this.deviation = deviation;
    }

    void fill(float[] weights, Parameter parameter, RandomSource random) {
        double scale = deviation(parameter);
        for (int i = 0; i < parameter.size(); i++) {
            double normal = kind == Kind.TRUNCATED_GAUSSIAN ? truncated(random, i) : random.gaussian(i);
            weights[parameter.offset() + i] = (float) (scale * normal);
        }
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
