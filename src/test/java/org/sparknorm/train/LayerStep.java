package org.sparknorm.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Computes forward and backward of a layer over all slices, and compares the results with a file of PyTorch's. */
final class LayerStep {
    private final Map<String, Safetensors.Entry> tensors;
    private final BatchPlan plan;
    private final Function<Shape, Layer> layer;
    private final Network network;
    private final ModelTensors initial;
    private final float[] y;
    private final float[] dx;
    private final float[] gradient;
    private final float[] buffers;

    /** What one slice computes; the observations are those of its norms. */
    private record Part(float[] y, float[] dx, float[] gradient, double[] observations) {}

    /**
     * @param file name in the folder, without the suffix
     * @param layer makes the layer for examples of a shape
     */
    LayerStep(String file, int slices, Function<Shape, Layer> layer) throws IOException, InterruptedException {
        this.layer = layer;
        tensors = ReferenceExperiment.read(file);
        int count = tensors.get("x").shape().dimension(0);
        plan = new BatchPlan(count, count, slices, false);
        network = newNetwork();
        initial = ModelTensors.of(network, ReferenceExperiment.part(tensors, "initial."), file);
        ThreadAllReduce threads = new ThreadAllReduce(slices, 0, slices, slices, RemoteAllReduce.NONE);
        List<Part> parts = threads.run((slice, allReduce) -> {
            Network own = newNetwork();
            return compute(own, slice, Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch()));
        });
        y = ReferenceExperiment.join(parts.stream().map(Part::y).toList());
        dx = ReferenceExperiment.join(parts.stream().map(Part::dx).toList());
        gradient = new float[network.weightCount()];
        double[] observations = new double[network.observationCount()];
        for (Part part : parts) {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += part.gradient()[i];
            }
            for (int i = 0; i < observations.length; i++) {
                observations[i] += part.observations()[i];
            }
        }
        buffers = initial.buffers().clone();
        network.updateBuffers(buffers, observations, 0);
    }

    private Network newNetwork() {
        Shape example = tensors.get("x").shape().example();
        return new Network(layer.apply(example), example);
    }

    private Part compute(Network own, int slice, Pass pass) {
        float[] ownGradient = new float[own.weightCount()];
        own.bind(initial.weights(), ownGradient, null);
        Tensor ownY = own.layers().forward(share("x", slice), pass);
        Tensor ownDx = own.layers().backward(share("dy", slice), pass);
        double[] observations = new double[own.observationCount()];
        own.contributeObservations(slice, observations, 0);
        return new Part(
                ReferenceExperiment.values(ownY),
                ownDx == null ? new float[0] : ReferenceExperiment.values(ownDx),
                ownGradient,
                observations);
    }

    private Tensor share(String name, int slice) {
        Shape shape = tensors.get(name).shape().example();
        int start = 0;
        for (int before = 0; before < slice; before++) {
            start += plan.share(before, plan.batchSize());
        }
        int end = start + plan.share(slice, plan.batchSize());
        float[] values = Arrays.copyOfRange(values(name), start * shape.size(), end * shape.size());
        return new Tensor(values, shape.batch(end - start));
    }

    private float[] values(String name) {
        return tensors.get(name).floats();
    }

    void checkOutput(Tolerance tolerance) {
        tolerance.check("y", y, values("y"));
    }

    /** The layer has no input gradient where the file has none. */
    void checkInputGradient(Tolerance tolerance) {
        float[] expected = tensors.containsKey("gradient.x") ? values("gradient.x") : new float[0];
        tolerance.check("dx", dx, expected);
    }

    void checkGradients(Tolerance tolerance) {
        for (Parameter parameter : network.parameters()) {
            float[] expected = values("gradient." + parameter.name());
            tolerance.check(parameter.name(), parameter.toFile(gradient), expected);
        }
    }

    void checkRunningStatistics(Tolerance tolerance) {
        for (RunningStatistics norm : network.statistics()) {
            List<float[]> found = norm.toFile(buffers);
            tolerance.check(norm.name(), found.get(0), values("final." + norm.name() + ".running_mean"));
            tolerance.check(norm.name(), found.get(1), values("final." + norm.name() + ".running_var"));
        }
    }
}
