package org.sparknorm.train;

import static org.sparknorm.train.RelativeError.assertWithin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.Meeting;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/**
 * A bottleneck block with a projection as its shortcut computes what PyTorch does in float64 ({@code
 * src/test/python/convolution_vectors.py} wrote the files and says what is in them), over one slice and two.
 */
class BottleneckVectorsTest {
    /*
     * Tolerances are shares of the largest value of a tensor. Float32 rounds by 6e-8 of a value; sums are of up to 288
     * products; head-room is for other BLAS.
     */

    /** Measured: at most 1.5e-7 with stride 2; with Winograd 3.2e-6, which would be 3.2e-7 without. */
    private static final float OUTPUT = 2e-5f;

    /** Measured: at most 4.1e-7 with stride 2; with Winograd 2.1e-6, which would be 6.6e-7 without. */
    private static final float GRADIENTS = 1.5e-5f;

    /** Sums are in float64, and nine tenths are the value before. Measured: at most 8.5e-8. */
    private static final float STATISTICS = 8e-7f;

    private static final Window POINT = new Window(1, 1, 0);

    /** A block of PyTorch's results. */
    private enum Reference {
        STRIDE_2("bottleneck", 8, 2),
        /** With Winograd: 32 → 32 channels of 8 × 7 pixels. */
        STRIDE_1("bottleneck-32", 32, 1);

        private final String file;
        private final int inner;
        private final int stride;

        Reference(String file, int inner, int stride) {
            this.file = file;
            this.inner = inner;
            this.stride = stride;
        }
    }

    /** A reference, computed over a number of slices. */
    private record Case(Reference reference, int slices) {
        @Override
        public String toString() {
            return reference + " over " + slices + " slices";
        }
    }

    private static Stream<Case> cases() {
        return Stream.of(Reference.values())
                .flatMap(reference -> Stream.of(new Case(reference, 1), new Case(reference, 2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void output(Case one) throws Exception {
        Step step = new Step(one);
        assertWithin(OUTPUT, "y", step.y, step.values("y"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradient(Case one) throws Exception {
        Step step = new Step(one);
        assertWithin(GRADIENTS, "dx", step.dx, step.values("gradient.x"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameter(Case one) throws Exception {
        Step step = new Step(one);
        for (Parameter parameter : step.network.parameters()) {
            float[] expected = step.values("gradient." + parameter.name());
            assertWithin(GRADIENTS, parameter.name(), parameter.toFile(step.gradient), expected);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void runningStatistics(Case one) throws Exception {
        Step step = new Step(one);
        for (RunningStatistics norm : step.network.statistics()) {
            int middle = norm.offset() + norm.channels();
            float[] mean = Arrays.copyOfRange(step.buffers, norm.offset(), middle);
            float[] variance = Arrays.copyOfRange(step.buffers, middle, middle + norm.channels());
            assertWithin(STATISTICS, norm.name(), mean, step.values("final." + norm.name() + ".running_mean"));
            assertWithin(STATISTICS, norm.name(), variance, step.values("final." + norm.name() + ".running_var"));
        }
    }

    /** Forward and backward of a block over all slices. */
    private static final class Step {
        private final Map<String, Safetensors.Entry> tensors;
        private final Reference reference;
        private final BatchPlan plan;
        private final Network network;
        private final ModelState initial;
        private final float[] y;
        private final float[] dx;
        private final float[] gradient;
        private final float[] buffers;

        /** What a slice computes; observations are those of its norms. */
        private record Part(float[] y, float[] dx, float[] gradient, double[] observations) {}

        Step(Case one) throws IOException, InterruptedException {
            reference = one.reference();
            tensors = ReferenceExperiment.read(reference.file);
            int count = tensors.get("x").shape().dimension(0);
            plan = new BatchPlan(count, count, one.slices(), false);
            network = newNetwork();
            initial = ModelState.of(network, ReferenceExperiment.part(tensors, "initial."), reference.file);
            Meeting meeting = new Meeting(one.slices(), 0, one.slices(), one.slices(), Exchange.NONE);
            List<Part> parts = meeting.run((slice, allReduce) -> {
                        Network own = newNetwork();
                        return compute(own, slice, Pass.training(allReduce, new Scratch()));
                    })
                    .results();
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

        float[] values(String name) {
            return tensors.get(name).floats();
        }

        private Part compute(Network own, int slice, Pass pass) {
            float[] ownGradient = new float[own.weightCount()];
            own.bind(initial.weights(), ownGradient, null);
            Tensor ownY = own.layers().forward(share("x", slice), pass);
            Tensor ownDx = own.layers().backward(share("dy", slice), pass);
            double[] observations = new double[own.observationCount()];
            own.contributeObservations(slice, observations, 0);
            return new Part(
                    ReferenceExperiment.values(ownY), ReferenceExperiment.values(ownDx), ownGradient, observations);
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

        private Network newNetwork() {
            Shape example = tensors.get("x").shape().example();
            int inner = reference.inner;
            int outer = 4 * inner;
            Window square = new Window(3, reference.stride, 1);
            Window projection = new Window(1, reference.stride, 0);
            List<Layer> body = new ArrayList<>(unit("conv1", "bn1", example.last(), inner, POINT, true));
            body.addAll(unit("conv2", "bn2", inner, inner, square, true));
            body.addAll(unit("conv3", "bn3", inner, outer, POINT, false));
            List<Layer> shortcut = unit("downsample.0", "downsample.1", example.last(), outer, projection, false);
            return new Network(new Residual("block", body, new Sequential(shortcut), Activation.Kind.RELU), example);
        }

        private static List<Layer> unit(
                String name, String norm, int channels, int filters, Window window, boolean isActivated) {
            Conv2d layer = new Conv2d(
                    new Conv2d.Specification(name, channels, filters, window, false, true), ReferenceExperiment.BLAS);
            Activation.Kind activation = isActivated ? Activation.Kind.RELU : Activation.Kind.NONE;
            BatchNorm.Specification specification =
                    new BatchNorm.Specification(norm, filters, 1e-5, 0.9, true, activation);
            return List.of(layer, new BatchNorm(specification, layer.gatherStatistics(false)));
        }
    }
}
