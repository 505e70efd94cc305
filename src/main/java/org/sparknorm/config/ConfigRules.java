package org.sparknorm.config;

import java.time.Duration;
import org.sparknorm.config.ModelConfig.InitName;

/** Checks the rules that the values of a configuration must obey, whatever the data are. */
final class ConfigRules {
    private ConfigRules() {}

    /** @throws RefusedException if a rule is broken; the message names the first key that breaks one */
    static void check(RunConfig config) {
        checkSteps(config);
        checkRun(config);
        checkPercentiles(config);
        checkHistograms(config);
        checkModel(config.model());
        boolean isText = config.data().format() == DataConfig.Format.TEXT;
        if (isText && config.model().name() != ModelConfig.Name.TRANSFORMER) {
            throw new RefusedException(
                    "data.format = text is not for model.name = "
                            + ConfigWords.word(config.model().name()),
                    "set model.name = transformer");
        }
        checkData(config.data());
        checkEarlyStopping(config);
        checkOptimizer(config.optimizer());
        checkLearningRate(config.learningRate());
    }

    /** Checks the number of steps and how a step is divided. */
    private static void checkSteps(RunConfig config) {
        if (isAbsent(config.steps()) == isAbsent(config.epochs())) {
            throw new RefusedException(
                    isAbsent(config.steps()) ? "neither steps nor epochs is set" : "steps and epochs are both set",
                    "set one of them");
        }
        config.steps().optional().ifPresent(steps -> atLeast("steps", steps, 0));
        config.epochs().optional().ifPresent(epochs -> atLeast("epochs", epochs, 0));
        atLeast("batch-size", config.batchSize(), 1);
        atLeast("slices", config.slices(), 1);
        if (config.slices() > config.batchSize()) {
            throw new RefusedException(
                    "slices = " + config.slices() + " is more than batch-size = " + config.batchSize(),
                    "lower slices or raise batch-size");
        }
        if (config.partitions().or(1) > config.slices()) {
            throw new RefusedException(
                    "partitions = " + config.partitions() + " is more than slices = " + config.slices(),
                    "lower partitions or raise slices");
        }
    }

    private static void checkRun(RunConfig config) {
        above("init-from-largest", config.initFromLargest(), 0);
        atLeast("evaluate-every", config.evaluateEvery(), 1);
        atLeast("checkpoint.every", config.checkpoint().every(), 1);
        atLeast("checkpoint.keep", config.checkpoint().keep(), 1);
        if (config.resumes() && config.overwrite()) {
            throw new RefusedException(
                    "overwrite = true would remove what resume = " + config.resume() + " goes on from",
                    "set one of them");
        }
        atLeast("step-retries", config.stepRetries(), 0);
        positive("statistics-timeout", config.statisticsTimeout());
        positive("slots-timeout", config.slotsTimeout());
        inRange("loss.label-smoothing", config.loss().labelSmoothing(), 0, 1);
    }

    private static void checkPercentiles(RunConfig config) {
        PercentilesConfig percentiles = config.recordPercentiles();
        atLeast("record-percentiles.every", percentiles.every(), 1);
        if (!percentiles.isOn()) {
            return;
        }
        if (isAbsent(percentiles.unit())) {
            throw new RefusedException(
                    "record-percentiles.unit is not set", "say which unit of " + percentiles.layer() + ", from 0 on");
        }
        atLeast("record-percentiles.unit", percentiles.unit().value(), 0);
        if (config.data().format() == DataConfig.Format.TEXT) {
            throw new RefusedException(
                    "record-percentiles is not for texts, whose padding has values of no meaning", "leave it out");
        }
    }

    private static void checkHistograms(RunConfig config) {
        HistogramsConfig histograms = config.recordHistograms();
        atLeast("record-histograms.every", histograms.every(), 0);
        if (histograms.layer().value() == null) {
            return;
        }
        if (!histograms.isOn()) {
            throw new RefusedException(
                    "record-histograms.every = 0 records nothing of record-histograms.layer = " + histograms.layer(),
                    "set it, for example to 500, or leave both out");
        }
        if (config.data().format() == DataConfig.Format.TEXT) {
            throw new RefusedException(
                    "record-histograms.layer is not for texts, whose padding has values of no meaning", "leave it out");
        }
    }

    private static void checkModel(ModelConfig model) {
        for (int width : model.hidden()) {
            atLeast("model.hidden", width, 1);
        }
        above("model.norm-epsilon", model.normEpsilon(), 0);
        inRange("model.norm-decay", model.normDecay(), 0, 1);
        InitName init = model.init().nameFor(model.activation());
        boolean needsDeviation = init == InitName.GAUSSIAN || init == InitName.TRUNCATED_GAUSSIAN;
        if (needsDeviation && isAbsent(model.init().deviation())) {
            throw new RefusedException(
                    "model.init.deviation is not set, " + ConfigWords.word(init) + " needs it",
                    "set it, for example to 0.01");
        }
        above("model.init.convolution-scale", model.init().convolutionScale(), 0);
        above("model.width", model.width(), 0);
        atLeast("model.projection", model.projection(), 1);
        atLeast("model.groups", model.groups(), 1);
        atLeast("model.patch", model.patch(), 1);
        atLeast("model.heads", model.heads(), 1);
        atLeast("model.blocks", model.blocks(), 0);
        atLeast("model.embedding", model.embedding(), 1);
        if (model.norm() == ModelConfig.Norm.INSTANCE && model.name() == ModelConfig.Name.MLP) {
            throw new RefusedException(
                    "model.norm = instance is not for mlp, where an example has one value per channel",
                    "choose another norm or model");
        }
        boolean isResidual = model.name() == ModelConfig.Name.RESNET20 || model.name() == ModelConfig.Name.RESNET50;
        if (isResidual && model.normPositionOrDefault() == ModelConfig.NormPosition.AFTER) {
            throw new RefusedException(
                    "model.norm-position = after is not for " + ConfigWords.word(model.name())
                            + ", whose activations follow an addition",
                    "leave it out");
        }
        model.init().deviation().optional().ifPresent(deviation -> above("model.init.deviation", deviation, 0));
    }

    private static void checkData(DataConfig data) {
        if (data.format() != DataConfig.Format.DIGITS && isAbsent(data.train())) {
            throw new RefusedException("data.train is not set", "name the folder with data.train=PATH");
        }
        atLeast("data.examples", data.examples(), 1);
        atLeast("data.validation-examples", data.validationExamples(), 0);
        for (double deviation : data.deviation().values()) {
            above("data.deviation", deviation, 0);
        }
        checkAugment(data.augment());
        atLeast("data.reshuffle-every", data.reshuffleEvery(), 0);
        if (data.reshuffleEvery() > 0 && data.shuffle() != DataConfig.Shuffle.TRUE) {
            throw new RefusedException(
                    "data.reshuffle-every = " + data.reshuffleEvery() + " needs shuffled data",
                    "set data.shuffle = true, or data.reshuffle-every = 0");
        }
        atLeast("data.largest-image", data.largestImage(), 1);
    }

    private static void checkAugment(AugmentConfig augment) {
        rising("data.augment.crop-area", augment.cropArea());
        inRange("data.augment.crop-area", augment.cropArea().high(), 0, 1);
        rising("data.augment.crop-aspect", augment.cropAspect());
        atLeast("data.augment.padding", augment.padding(), 0);
        // At 5 the hue is turned by up to half the circle in either direction, so every hue is possible.
        inRange("data.augment.distortion", augment.distortion(), 0, 5);
    }

    private static void checkEarlyStopping(RunConfig config) {
        EarlyStoppingConfig stopping = config.earlyStopping();
        atLeast("early-stopping.evaluations", stopping.evaluations(), 0);
        inRange("early-stopping.least-gain", stopping.leastGain(), 0, Double.MAX_VALUE);
        boolean hasValidation = config.data().format() == DataConfig.Format.DIGITS
                ? config.data().validationExamples() > 0
                : !isAbsent(config.data().validation());
        if (stopping.isOn() && !hasValidation) {
            throw new RefusedException(
                    "early-stopping needs validation examples, and there are none",
                    "name them with data.validation=PATH, or set early-stopping.evaluations = 0");
        }
    }

    private static void checkOptimizer(OptimizerConfig optimizer) {
        inRange("optimizer.momentum", optimizer.momentum(), 0, 1);
        if (optimizer.nesterov() && optimizer.momentum() == 0) {
            throw new RefusedException(
                    "optimizer.nesterov = true needs a momentum", "set optimizer.momentum, for example to 0.9");
        }
        inRange("optimizer.weight-decay", optimizer.weightDecay(), 0, Double.MAX_VALUE);
        inRange("optimizer.beta1", optimizer.beta1(), 0, Math.nextDown(1.0));
        inRange("optimizer.beta2", optimizer.beta2(), 0, Math.nextDown(1.0));
        above("optimizer.epsilon", optimizer.epsilon(), 0);
        inRange("optimizer.smoothing", optimizer.smoothing(), 0, Math.nextDown(1.0));
        above("optimizer.trust", optimizer.trust(), 0);
        if (!optimizer.averageDecay().isNone()) {
            inRange("optimizer.average-decay", optimizer.averageDecay().value(), 0, Math.nextDown(1.0));
        }
        if (!optimizer.clipNorm().isNone()) {
            above("optimizer.clip-norm", optimizer.clipNorm().value(), 0);
        }
    }

    private static void checkLearningRate(LearningRateConfig rate) {
        inRange("learning-rate.initial", rate.initial(), 0, Double.MAX_VALUE);
        above("learning-rate.factor", rate.factor(), 0);
        atLeast("learning-rate.every", rate.every(), 1);
        atLeast("learning-rate.warmup-steps", rate.warmupSteps(), 0);
        long before = 0;
        for (long milestone : rate.milestones()) {
            if (milestone <= before) {
                throw new RefusedException(
                        "learning-rate.milestones = " + rate.milestones() + " do not rise from 1",
                        "list steps in rising order");
            }
            before = milestone;
        }
    }

    private static boolean isAbsent(Setting<?> setting) {
        return setting.value() == null;
    }

    private static void atLeast(String key, long value, long smallest) {
        if (value < smallest) {
            throw new RefusedException(key + " = " + value + " is too small", "it must be at least " + smallest);
        }
    }

    private static void above(String key, double value, double bound) {
        if (!(value > bound) || Double.isInfinite(value)) {
            throw new RefusedException(key + " = " + value + " is out of range", "it must be above " + bound);
        }
    }

    private static void rising(String key, Range range) {
        above(key, range.low(), 0);
        if (range.low() > range.high()) {
            throw new RefusedException(key + " = " + range + " falls", "write the smaller number first");
        }
    }

    private static void inRange(String key, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new RefusedException(
                    key + " = " + value + " is out of range", "it must be from " + low + " to " + high);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new RefusedException(key + " = " + value.toMillis() + " ms is too short", "it must be above 0");
        }
    }
}
