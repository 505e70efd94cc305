package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Schedule;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.Meeting;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Small networks compute what PyTorch does in float64 ({@code src/test/python/reference_vectors.py} wrote the files and
 * says what is in them): outputs, all gradients, ten losses, running statistics and weights, over one slice and several.
 */
class ReferenceVectorsTest {
    /** A batch of 11 in slices of 11; of 4, 4 and 3; of 2 and 1; and of 1. */
    private static final int[] SLICES = {1, 3, 8, 11};

    private static final int PERMITS = 2;
    private static final Blas BLAS =
            BlasLibrary.load(BlasLibrary.available().names().get(0));

    /**
     * Of logits up to 4, where neighbouring floats are 2.4e-7 apart: a dozen roundings in each of three layers. Measured:
     * at most 3.6e-7.
     */
    private static final float LOGITS = 4e-6f;

    /** Of gradients up to 0.4, neighbours 3e-8 apart, through the same layers backwards. Measured: at most 1.2e-7. */
    private static final float GRADIENTS = 1e-6f;

    /**
     * Of losses, weights and statistics up to 4 in the course of ten updates, each of which hands on the error of those
     * before. Measured: at most 4.8e-7.
     */
    private static final float TEN_STEPS = 4e-6f;

    /** What a file of PyTorch's results was made with, as a configuration. */
    private enum Reference {
        NESTEROV_SIGMOID_NORM_BEFORE("mlp-sigmoid-before", """
                model { activation = sigmoid, norm = batch, norm-position = before }
                optimizer { momentum = 0.9, nesterov = true }
                learning-rate.initial = 0.1
                """),
        ADAM_RELU_NORM_AFTER("mlp-relu-after", """
                model { activation = relu, norm = batch, norm-position = after, bias = true }
                model { norm-epsilon = 1e-3, norm-decay = 0.99 }
                optimizer { name = adam, weight-decay = 0.01 }
                learning-rate.initial = 0.02
                """),
        PLAIN_TANH_NO_NORM("mlp-tanh-none", """
                model { activation = tanh, norm = none }
                learning-rate.initial = 0.2
                """);

        private final String file;
        private final String configuration;

        Reference(String file, String configuration) {
            this.file = file;
            this.configuration = configuration;
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
        List<Case> cases = new ArrayList<>();
        for (Reference reference : Reference.values()) {
            for (int slices : SLICES) {
                cases.add(new Case(reference, slices));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> casesWithNorm() {
        return cases().filter(one -> one.reference() != Reference.PLAIN_TANH_NO_NORM);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsOfTheFirstBatch(Case one) throws Exception {
        Experiment experiment = new Experiment(one);
        assertThat(experiment.firstPass().logits()).containsExactly(experiment.values("logits"), within(LOGITS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradientOfTheFirstBatch(Case one) throws Exception {
        Experiment experiment = new Experiment(one);
        assertThat(experiment.firstPass().dInputs())
                .containsExactly(experiment.values("gradient.inputs"), within(GRADIENTS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameterOfTheFirstBatch(Case one) throws IOException {
        Experiment experiment = new Experiment(one);
        float[] gradient = experiment.workers.step(experiment.state, 1).gradient();
        for (Parameter parameter : experiment.network.parameters()) {
            float[] own = new float[parameter.size()];
            System.arraycopy(gradient, parameter.offset(), own, 0, own.length);
            assertThat(own)
                    .as(parameter.name())
                    .containsExactly(experiment.values("gradient." + parameter.name()), within(GRADIENTS));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesOfTenSteps(Case one) throws IOException {
        Experiment experiment = new Experiment(one);
        assertThat(experiment.train()).containsExactly(experiment.values("losses"), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAfterTenSteps(Case one) throws IOException {
        Experiment experiment = new Experiment(one);
        experiment.train();
        assertThat(experiment.state.weights())
                .containsExactly(experiment.model("final.").weights(), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("casesWithNorm")
    void runningStatisticsAfterTenSteps(Case one) throws IOException {
        Experiment experiment = new Experiment(one);
        experiment.train();
        assertThat(experiment.state.buffers())
                .containsExactly(experiment.model("final.").buffers(), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evaluationAfterTenSteps(Case one) throws IOException {
        Experiment experiment = new Experiment(one);
        experiment.train();
        Evaluation evaluation = experiment.workers.evaluate(experiment.state, Split.TRAIN);
        float[] expected = experiment.values("evaluation");
        assertThat((float) evaluation.loss()).isCloseTo(expected[0], within(TEN_STEPS));
        // A share of 110 examples, none of which lies between two classes: exact but for the file's float32.
        assertThat((float) evaluation.top1()).isEqualTo(expected[1]);
    }

    /** Outputs and input gradient of the first batch, in the order of the batch. */
    private record FirstPass(float[] logits, float[] dInputs) {}

    /** A case made ready: its file, its configuration, and workers and state before the first step. */
    private static final class Experiment {
        private final Map<String, Safetensors.Entry> tensors;
        private final RunConfig config;
        private final BatchPlan plan;
        private final List<SliceExamples> examples = new ArrayList<>();
        private final Network network;
        private final TrainingState state;
        private final Workers workers;

        Experiment(Case one) throws IOException {
            tensors = read("/reference/" + one.reference().file + ".safetensors");
            Shape inputs = tensors.get("inputs").shape();
            int batches = inputs.dimension(0);
            int batchSize = inputs.dimension(1);
            config = ConfigFiles.ofText("model.hidden = [7, 5]\n" + one.reference().configuration)
                    .with(List.of("steps=" + batches, "batch-size=" + batchSize, "slices=" + one.slices()))
                    .toRunConfig();
            plan = new BatchPlan((long) batches * batchSize, batchSize, one.slices(), false);
            for (int slice = 0; slice < plan.slices(); slice++) {
                examples.add(
                        new FileExamples(values("inputs"), tensors.get("labels").longs(), places(slice)));
            }
            network = newNetwork();
            ModelState initial = model("initial.");
            Optimizer optimizer = Optimizer.of(config.optimizer(), network);
            state = new TrainingState(network, initial.weights(), initial.buffers(), 0, optimizer);
            TrainingSetup setup = new TrainingSetup(plan, config.seed(), false, 0);
            workers = new LocalWorkers(new SliceGroup(setup, 0, examples, this::newNetwork), null, PERMITS);
        }

        private static Map<String, Safetensors.Entry> read(String resource) throws IOException {
            try (InputStream in = ReferenceVectorsTest.class.getResourceAsStream(resource)) {
                byte[] bytes = in.readAllBytes();
                return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, resource);
            }
        }

        /** Where the slice's examples stand in the file, in the order of the deal. */
        private int[] places(int slice) {
            int[] places = new int[plan.sliceExamples(slice)];
            for (int place = 0; place < plan.examples(); place++) {
                if (plan.slice(place) == slice) {
                    places[plan.position(place)] = place;
                }
            }
            return places;
        }

        private Network newNetwork() {
            Shape example = Shape.of(tensors.get("inputs").shape().last());
            return Models.build(
                    config.model(), example, tensors.get("logits").shape().last(), BLAS);
        }

        /** The same network with a first layer that gives the gradient by its input, which training never asks for. */
        private Network newNetworkWithInputGradient() {
            Shape example = network.input();
            List<Layer> layers = new ArrayList<>();
            boolean first = true;
            for (Network.Row row : newNetwork().rows()) {
                if (first && row.layer() instanceof Linear linear) {
                    boolean bias = linear.parameters().size() > 1;
                    layers.add(new Linear(
                            new Linear.Specification(
                                    "fc1", example.size(), row.output().size(), bias, true),
                            BLAS));
                    first = false;
                } else {
                    layers.add(row.layer());
                }
            }
            return new Network(new Sequential(layers), example);
        }

        float[] values(String name) {
            return tensors.get(name).floats();
        }

        /** The weights and statistics whose names in the file begin so. */
        ModelState model(String prefix) {
            Map<String, Safetensors.Entry> part = new LinkedHashMap<>();
            tensors.forEach((name, entry) -> {
                if (name.startsWith(prefix)) {
                    part.put(name.substring(prefix.length()), entry);
                }
            });
            return ModelState.of(network, part, prefix);
        }

        /** Ten updates; their losses. */
        float[] train() {
            long steps = config.totalSteps(plan.stepsPerEpoch());
            Schedule schedule = Schedule.of(config.learningRate(), steps);
            LossLog log = new LossLog();
            new Trainer(new Trainer.Settings(plan, schedule, steps, steps, false, true), workers, List.of(log))
                    .train(state);
            float[] losses = new float[log.losses.size()];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = log.losses.get(i).floatValue();
            }
            return losses;
        }

        FirstPass firstPass() throws InterruptedException {
            Meeting meeting = new Meeting(plan.slices(), 0, plan.slices(), PERMITS, Exchange.NONE);
            List<FirstPass> parts = meeting.run(
                            (slice, allReduce) -> firstPass(slice, Pass.training(allReduce, new Scratch())))
                    .results();
            return new FirstPass(
                    join(parts.stream().map(FirstPass::logits).toList()),
                    join(parts.stream().map(FirstPass::dInputs).toList()));
        }

        private FirstPass firstPass(int slice, Pass pass) {
            Network own = newNetworkWithInputGradient();
            own.bind(state.weights(), new float[own.weightCount()], null);
            int count = plan.share(slice, plan.batchSize());
            Tensor x = Tensor.zeros(own.input().batch(count));
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                examples.get(slice).read(i, x.data(), i * own.input().size());
                labels[i] = examples.get(slice).label(i);
            }
            Tensor logits = own.layers().forward(x, pass);
            Tensor dLogits = new SoftmaxCrossEntropy(0).apply(logits, labels, plan.batchSize());
            return new FirstPass(
                    logits.data(), own.layers().backward(dLogits, pass).data());
        }

        private static float[] join(List<float[]> parts) {
            FloatBuffer joined = FloatBuffer.allocate(
                    parts.stream().mapToInt(part -> part.length).sum());
            parts.forEach(joined::put);
            return joined.array();
        }
    }

    /** The examples of a slice: those at some places of the file. */
    private record FileExamples(float[] inputs, long[] labels, int[] places) implements SliceExamples {
        @Override
        public int count() {
            return places.length;
        }

        @Override
        public int label(int position) {
            return (int) labels[places[position]];
        }

        @Override
        public void read(int position, float[] target, int at) {
            int size = inputs.length / labels.length;
            System.arraycopy(inputs, places[position] * size, target, at, size);
        }
    }

    private static final class LossLog implements TrainingListener {
        private final List<Double> losses = new ArrayList<>();

        @Override
        public void onStep(Step step) {
            losses.add(step.loss());
        }

        @Override
        public void onEvaluation(long step, Split split, Evaluation evaluation) {}
    }
}
