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

    /** Where the norm stands: in the seed's CNN behind the activation, elsewhere before, unless given. */
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

    /** {@code model.bias}: not where a norm comes directly behind, or everywhere. */
    public enum Bias {
        AUTO,
        TRUE
    }

    /** Section {@code model.init}. An absent name is he for relu, xavier for the others. */
    public record InitConfig(Setting<InitName> name, Setting<Double> deviation, double convolutionScale)
            implements Serializable {
        public InitName nameFor(Activation activation) {
            return name.optional().orElse(activation == Activation.RELU ? InitName.HE : InitName.XAVIER);
        }
    }

    /** {@code model.init.name}. */
    public enum InitName {
        HE,
        XAVIER,
        GAUSSIAN,
        TRUNCATED_GAUSSIAN
    }
}
