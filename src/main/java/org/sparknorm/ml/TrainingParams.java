package org.sparknorm.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RunConfig;

/**
 * The Params of the estimator alone. Those that stand for a key of the configuration have the key's default, except
 * {@code epochs}: the configuration has no default for the length of a run.
 */
record TrainingParams(
        Param<String> label,
        Param<String> network,
        Param<String> norm,
        IntArrayParam imageShape,
        IntParam batchSize,
        IntParam slices,
        IntParam epochs,
        LongParam seed,
        DoubleParam learningRate,
        Param<String> optimizer,
        DoubleParam momentum,
        StringArrayParam configuration) {
    static TrainingParams of(Params stage) {
        TrainingParams params = new TrainingParams(
                new Param<>(stage, "labelCol", "column of labels, whole numbers from 0 on"),
                new Param<>(stage, "network", "mlp, cnn, resnet20, resnet50, bn-inception or transformer"),
                new Param<>(stage, "norm", "batch, none, layer, group, instance or switchable"),
                new IntArrayParam(
                        stage,
                        "imageShape",
                        "height, width and channels of what the network sees; none: the features are vectors of no"
                                + " shape"),
                new IntParam(stage, "batchSize", "examples of one step, over all slices"),
                new IntParam(stage, "slices", "fixed shares of every batch, part of the result like the seed"),
                new IntParam(stage, "epochs", "passes over the examples"),
                new LongParam(stage, "seed", "of initial weights and of the order of examples"),
                new DoubleParam(stage, "learningRate", "initial learning rate"),
                new Param<>(stage, "optimizer", "sgd, adam, adamw, rmsprop or lars"),
                new DoubleParam(stage, "momentum", "of sgd, rmsprop and lars"),
                new StringArrayParam(
                        stage,
                        "configuration",
                        "further keys of the configuration, each key=value; they replace what the other Params say"));
        stage.setDefault(params.label, "label");
        stage.setDefault(params.network, "mlp");
        stage.setDefault(params.norm, "batch");
        stage.setDefault(params.imageShape, new int[0]);
        stage.setDefault(params.batchSize, 60);
        stage.setDefault(params.slices, 8);
        stage.setDefault(params.epochs, 10);
        stage.setDefault(params.seed, 1L);
        stage.setDefault(params.learningRate, 0.1);
        stage.setDefault(params.optimizer, "sgd");
        stage.setDefault(params.momentum, 0.0);
        stage.setDefault(params.configuration, new String[0]);
        return params;
    }

    /** The configuration of a run that the values of a stage stand for. */
    ConfigSource configured(Params stage) {
        List<String> keys = new ArrayList<>(List.of(
                "model.name=" + stage.getOrDefault(network),
                "model.norm=" + stage.getOrDefault(norm),
                "batch-size=" + stage.getOrDefault(batchSize),
                "slices=" + stage.getOrDefault(slices),
                "epochs=" + stage.getOrDefault(epochs),
                "seed=" + stage.getOrDefault(seed),
                "learning-rate.initial=" + stage.getOrDefault(learningRate),
                "optimizer.name=" + stage.getOrDefault(optimizer),
                "optimizer.momentum=" + stage.getOrDefault(momentum),
                "init-from=" + RunConfig.NO_PATH));
        keys.addAll(List.of(stage.getOrDefault(configuration)));
        return ConfigFiles.ofText("").with(keys);
    }
}
