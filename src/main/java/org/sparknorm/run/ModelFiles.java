package org.sparknorm.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.image.Picture;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.spark.source.InputPath;

/** Reads weights from files, and makes the initial weights of a run. */
public final class ModelFiles {
    private ModelFiles() {}

    /** Returns the weights of the file that {@code init-from} names, or random initial ones. */
    public static ModelTensors initial(RunPlan plan, Configuration hadoop) {
        return plan.config()
                .initialWeights()
                .map(path -> read("init-from", path, plan.network(), hadoop))
                .map(model -> converted(model, plan))
                .orElseGet(plan::initialModel);
    }

    /**
     * Converts the first convolution for images as the run sees them: RGB with values from 0 to 1, before mean and
     * deviation are applied.
     */
    private static ModelTensors converted(ModelTensors model, RunPlan plan) {
        RunConfig config = plan.config();
        boolean turns = config.initFromOrder() == RunConfig.ChannelOrder.BGR;
        if (!turns && config.initFromLargest() == 1) {
            return model;
        }
        Network.Row first = plan.network().rows().get(0);
        if (!(first.layer() instanceof Conv2d) || first.input().last() != Picture.CHANNELS) {
            throw new RefusedException(
                    "init-from-order and init-from-largest are for networks that begin with a convolution of colours",
                    "leave them out");
        }
        Parameter weight = first.layer().parameters().get(0);
        float[] values = weight.toFile(model.weights()); // [O, C, K, K]
        int window = weight.shape().dimension(2) * weight.shape().dimension(3);
        int filter = Picture.CHANNELS * window;
        float[] converted = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int channel = i % filter / window;
            int from = turns ? i + (Picture.CHANNELS - 1 - 2 * channel) * window : i;
            converted[i] = (float) (values[from] * config.initFromLargest());
        }
        weight.fromFile(converted, model.weights());
        return model;
    }

    /**
     * Returns the weights and running statistics of a safetensors file.
     *
     * @param key key that named the file, for messages
     * @throws RefusedException if it is missing, damaged or of another model
     */
    static ModelTensors read(String key, String file, Network network, Configuration hadoop) {
        return InputPath.read(key, file, hadoop, (files, path) -> {
            long length = files.getFileStatus(path).getLen();
            try (FSDataInputStream in = files.open(path)) {
                return ModelTensors.of(network, Safetensors.read(in, length, file), file);
            }
        });
    }
}
