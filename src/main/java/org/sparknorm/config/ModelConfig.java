package org.sparknorm.config;

import java.io.Serializable;
import java.util.List;

/** Section {@code model}: the network and its initial weights. */
public record ModelConfig(
        Name name,
        AutoInteger classes,
        Activation activation,
        List<Integer> hidden,
        Norm norm,
        Setting<NormPosition> normPosition,
        boolean normSynchronized,
        double normEpsilon,
        double normDecay,
        boolean normPerActivation,
        int groups,
        double width,
        int projection,
        Bias bias,
        double dropout,
        boolean localResponseNorm,
        int patch,
        int heads,
        int blocks,
        int embedding,
        InitConfig init)
        implements Serializable {

    /** Returns where norms are; if not given, after the activation in {@code cnn} and before it in other models. */
    public NormPosition normPositionOrDefault() {
        return normPosition.optional().orElse(name == Name.CNN ? NormPosition.AFTER : NormPosition.BEFORE);
    }

    /** {@code model.name}. */
    public enum Name {
        MLP,
        CNN,
        RESNET20,
        RESNET50,
        BN_INCEPTION,
        TRANSFORMER
    }

    /** {@code model.activation}. */
    public enum Activation {
        RELU,
        SIGMOID,
        TANH
    }

    /** {@code model.norm}. */
    public enum Norm {
        BATCH,
        NONE,
        LAYER,
        GROUP,
        INSTANCE,
        SWITCHABLE
    }

    /** {@code model.norm-position}: before or after the activation. */
    public enum NormPosition {
        BEFORE,
        AFTER
    }

    /** {@code model.bias}: only in layers that no norm directly follows, or in all layers. */
    public enum Bias {
        AUTO,
        TRUE
    }

    /** Section {@code model.init}. The default is {@code he} for {@code relu} and otherwise {@code xavier}. */
    public record InitConfig(Setting<InitName> name, Setting<Double> deviation, double convolutionScale)
            implements Serializable {
        public InitName nameFor(Activation activation) {
            return name.optional().orElse(activation == Activation.RELU ? InitName.HE : InitName.XAVIER);
        }
    }

    /** {@code model.init.name}: the rules for the deviation of initial weights. */
    public enum InitName {
        /** √(2 / fan-in), for ReLU (He et al. 2015). */
        HE,
        /** √(2 / (fan-in + fan-out)) (Glorot and Bengio 2010). */
        XAVIER,
        /** As given. */
        GAUSSIAN,
        /** As given, nothing beyond two deviations. */
        TRUNCATED_GAUSSIAN
    }
}
