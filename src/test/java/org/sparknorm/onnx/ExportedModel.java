package org.sparknorm.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** A network with random weights and statistics, and its export as ONNX Runtime reads it. */
public final class ExportedModel {
    private static final int LARGEST_TOKEN = 255;
    static final Blas BLAS = BlasLibrary.load(BlasLibrary.available().names().get(0));

    private final Network network;
    private final ModelTensors state;
    private final RandomSource random;

    private ExportedModel(Network network, ModelTensors state, RandomSource random) {
        this.network = network;
        this.state = state;
        this.random = random;
    }

    public static ExportedModel of(String configuration, Shape input, int classes, long seed) {
        ModelConfig config =
                ConfigFiles.ofText("steps = 1\n" + configuration).toRunConfig().model();
        Network network = Models.build(config, input, classes, BLAS);
        return of(network, network.initialWeights(Models.initializer(config), seed), RandomSource.of(seed, "export"));
    }

    /** @param weights not copied; those of norms and biases are replaced */
    static ExportedModel of(Network network, float[] weights, RandomSource random) {
        for (Parameter parameter : network.parameters()) {
            RandomSource own = random.of(parameter.name());
            for (int i = 0; i < parameter.size(); i++) {
                int at = parameter.offset() + i;
                switch (parameter.role()) {
                    case BIAS, NORM_SHIFT -> weights[at] = (float) (0.3 * own.gaussian(i));
                    case NORM_SCALE -> weights[at] = (float) (1 + 0.3 * own.gaussian(i));
                    case WEIGHT, CONVOLUTION -> {}
                }
            }
        }
        float[] buffers = network.initialBuffers();
        for (RunningStatistics norm : network.statistics()) {
            RandomSource own = random.of(norm.name());
            for (int channel = 0; channel < norm.channels(); channel++) {
                buffers[norm.offset() + channel] = (float) (0.5 * own.gaussian(channel));
                buffers[norm.offset() + norm.channels() + channel] =
                        (float) (0.5 + own.uniform(norm.channels() + channel));
            }
        }
        network.bind(weights, new float[0], buffers);
        return new ExportedModel(network, new ModelTensors(weights, buffers, 1), random);
    }

    public Network network() {
        return network;
    }

    public ModelTensors state() {
        return state;
    }

    /**
     * A batch as the network sees it. Texts have different lengths, the first is as long as the input, and contain
     * zeros.
     */
    public Tensor examples(int count) {
        Shape shape = network.input().batch(count);
        float[] values = new float[shape.size()];
        RandomSource own = random.of("examples");
        int length = network.input().last();
        for (int i = 0; i < values.length; i++) {
            if (network.input().rank() > 1) {
                values[i] = (float) own.gaussian(i);
                continue;
            }
            int tokens = length - i / length % length;
            int position = i % length;
            boolean isEmpty = position == 1 && tokens > 2;
            values[i] = position >= tokens || isEmpty ? 0 : 1 + (int) (LARGEST_TOKEN * own.uniform(i));
        }
        return new Tensor(values, shape);
    }

    /** The logits {@code [N, classes]} of the network itself. */
    public float[] logits(Tensor x) {
        Tensor y = network.layers().forward(x, Pass.inference(new Scratch()));
        return Arrays.copyOf(y.data(), y.size());
    }

    OnnxModel exported(boolean folds) {
        return OnnxModel.of(network, state, folds, new OnnxModel.About("test", Map.of("classes", "a\nb")));
    }

    /** The logits and probabilities that ONNX Runtime computes. */
    record Outputs(float[] logits, float[] probabilities) {}

    Outputs outputs(boolean folds, Tensor x) throws OrtException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        exported(folds).writeTo(bytes);
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = runtime.createSession(bytes.toByteArray(), options);
                    OnnxTensor input = input(runtime, session, x);
                    OrtSession.Result result = session.run(Map.of("input", input))) {
                return new Outputs(floats(result, "logits"), floats(result, "probabilities"));
            }
        }
    }

    private static float[] floats(OrtSession.Result result, String name) {
        FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static OnnxTensor input(OrtEnvironment runtime, OrtSession session, Tensor x) throws OrtException {
        long[] shape = LongStream.range(0, x.shape().rank())
                .map(axis -> x.shape().dimension((int) axis))
                .toArray();
        boolean ofTokens =
                session.getInputInfo().get("input").getInfo().toString().contains("INT64");
        if (ofTokens) {
            long[] tokens = new long[x.size()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = (long) x.data()[i];
            }
            return OnnxTensor.createTensor(runtime, LongBuffer.wrap(tokens), shape);
        }
        if (shape.length < 4) {
            return OnnxTensor.createTensor(runtime, FloatBuffer.wrap(x.data(), 0, x.size()), shape);
        }
        long[] channelsFirst = {shape[0], shape[3], shape[1], shape[2]};
        return OnnxTensor.createTensor(runtime, FloatBuffer.wrap(channelsFirst(x)), channelsFirst);
    }

    private static float[] channelsFirst(Tensor images) {
        float[] turned = new float[images.size()];
        int channels = images.shape().last();
        int pixels = images.shape().dimension(1) * images.shape().dimension(2);
        for (int i = 0; i < turned.length; i++) {
            int image = i / (pixels * channels);
            int pixel = i / channels % pixels;
            turned[(image * channels + i % channels) * pixels + pixel] = images.data()[i];
        }
        return turned;
    }
}
