package org.sparknorm.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.SoftmaxCrossEntropy;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.optim.Schedule;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * A network with a file of {@code src/test/resources/reference}: PyTorch's results, and workers and state before the
 * first step. {@code src/test/python/reference_vectors.py} describes what is in a file.
 *
 * <p>Labels of shape {@code [..]} go with inputs of shape {@code [.., example]}; a file with fewer examples than its
 * batches need is read again from its beginning.
 */
final class ReferenceExperiment {
    static final Blas BLAS = BlasLibrary.load(BlasLibrary.available().names().get(0));
    private static final int PERMITS = 2;

    private final Map<String, Safetensors.Entry> tensors;
    private final Shape example;
    private final RunConfig config;
    private final BatchPlan plan;
    private final List<SliceExamples> examples = new ArrayList<>();
    private final Network network;
    private final TrainingState state;
    private final Workers workers;

    /**
     * @param file name in the folder, without the suffix
     * @param configuration without steps, batch size and slices
     */
    ReferenceExperiment(String file, String configuration, int slices) throws IOException {
        tensors = read(file);
        int[] inputs = tensors.get("inputs").shape().toArray();
        example = Shape.of(
                Arrays.copyOfRange(inputs, tensors.get("labels").shape().rank(), inputs.length));
        int batches = tensors.get("losses").shape().dimension(0);
        int batchSize = tensors.get("logits").shape().dimension(0);
        config = ConfigFiles.ofText(configuration)
                .with(List.of("steps=" + batches, "batch-size=" + batchSize, "slices=" + slices))
                .toRunConfig();
        plan = new BatchPlan((long) batches * batchSize, batchSize, slices, false);
        for (int slice = 0; slice < slices; slice++) {
            examples.add(
                    new FileExamples(values("inputs"), tensors.get("labels").longs(), places(slice)));
        }
        network = newNetwork();
        ModelTensors initial = model("initial.");
        Optimizer optimizer = Optimizers.of(config.optimizer(), network);
        state = new TrainingState(network, initial, optimizer, 0);
        ReplicaSettings setup = new ReplicaSettings(plan, config.seed(), false, 0);
        workers = new LocalWorkers(new SliceGroup(setup, 0, examples, this::newNetwork), null, PERMITS);
    }

    /** The tensors of a file of the folder. */
    static Map<String, Safetensors.Entry> read(String file) throws IOException {
        String resource = "/reference/" + file + ".safetensors";
        try (InputStream in = ReferenceExperiment.class.getResourceAsStream(resource)) {
            byte[] bytes = in.readAllBytes();
            return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, resource);
        }
    }

    /** The tensors whose names begin with a prefix, without the prefix. */
    static Map<String, Safetensors.Entry> part(Map<String, Safetensors.Entry> tensors, String prefix) {
        Map<String, Safetensors.Entry> part = new LinkedHashMap<>();
        tensors.forEach((name, entry) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), entry);
            }
        });
        return part;
    }

    /** The places of the slice's examples in the run, in the order of the deal. */
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
        int classes = tensors.get("logits").shape().last();
        return Models.build(config.model(), example, classes, BLAS);
    }

    float[] values(String name) {
        return tensors.get(name).floats();
    }

    /** The weights and statistics whose names in the file begin with a prefix. */
    ModelTensors model(String prefix) {
        return ModelTensors.of(network, part(tensors, prefix), prefix);
    }

    /** The present weights and statistics under their names, as a file would have them; without counters. */
    Map<String, float[]> present() {
        Map<String, float[]> present = new LinkedHashMap<>();
        for (Safetensors.Entry entry : state.model().entries(network)) {
            if (entry.floats() != null) {
                present.put(entry.name(), entry.floats());
            }
        }
        return present;
    }

    /** The gradient of every parameter for the first batch at the present weights, as a file would have it. */
    Map<String, float[]> gradient() {
        float[] all = workers.step(state, 1).gradient();
        Map<String, float[]> gradient = new LinkedHashMap<>();
        for (Parameter parameter : network.parameters()) {
            gradient.put(parameter.name(), parameter.toFile(all));
        }
        return gradient;
    }

    /** Makes ten updates, and returns their losses. */
    float[] train() {
        long steps = config.totalSteps(plan.stepsPerEpoch());
        Schedule schedule = Schedule.of(config.learningRate(), steps);
        LossLog log = new LossLog();
        new Trainer(
                        new Trainer.Settings(plan, schedule, steps, steps, false, StepsPerJob.fixed(1), true),
                        workers,
                        List.of(log))
                .train(state, false);
        float[] losses = new float[log.losses.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = log.losses.get(i).floatValue();
        }
        return losses;
    }

    /** Evaluates the present weights on the examples of all batches. */
    Evaluation evaluate() {
        return workers.evaluate(state, Split.TRAIN);
    }

    /**
     * Outputs and input gradient of the first batch, in the order of the batch.
     *
     * @param dInputs empty if the network does not compute it
     */
    record FirstPass(float[] logits, float[] dInputs) {}

    /** @param change of each slice's network, which keeps the parameters */
    FirstPass firstPass(UnaryOperator<Network> change) throws InterruptedException {
        ThreadAllReduce threads = new ThreadAllReduce(plan.slices(), 0, plan.slices(), PERMITS, RemoteAllReduce.NONE);
        List<FirstPass> parts = threads.run((slice, allReduce) -> firstPass(
                slice,
                change.apply(newNetwork()),
                Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch())));
        return new FirstPass(
                join(parts.stream().map(FirstPass::logits).toList()),
                join(parts.stream().map(FirstPass::dInputs).toList()));
    }

    private FirstPass firstPass(int slice, Network own, Pass pass) {
        own.bind(state.weights(), new float[own.weightCount()], null);
        int count = plan.share(slice, plan.batchSize());
        Tensor x = Tensor.zeros(example.batch(count));
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            examples.get(slice).readTraining(i, 0, x.data(), i * example.size());
            labels[i] = examples.get(slice).label(i);
        }
        Tensor logits = own.layers().forward(x, pass);
        Tensor dLogits = new SoftmaxCrossEntropy(0).apply(logits, labels, plan.batchSize());
        Tensor dInputs = own.layers().backward(dLogits, pass);
        return new FirstPass(values(logits), dInputs == null ? new float[0] : values(dInputs));
    }

    /** A tensor's array may be longer than its shape. */
    static float[] values(Tensor tensor) {
        return Arrays.copyOf(tensor.data(), tensor.size());
    }

    static float[] join(List<float[]> parts) {
        FloatBuffer joined = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(joined::put);
        return joined.array();
    }

    /** The examples of a slice, which are those at some places of the run. */
    private record FileExamples(float[] inputs, long[] labels, int[] places) implements SliceExamples {
        @Override
        public int count() {
            return places.length;
        }

        @Override
        public int label(int position) {
            return (int) labels[places[position] % labels.length];
        }

        @Override
        public long index(int position) {
            return places[position];
        }

        @Override
        public String name(int position) {
            return "";
        }

        @Override
        public void readTraining(int position, long epoch, float[] target, int at) {
            int size = inputs.length / labels.length;
            System.arraycopy(inputs, places[position] % labels.length * size, target, at, size);
        }

        @Override
        public void readCrop(int position, int crop, int crops, float[] target, int at) {
            readTraining(position, 0, target, at);
        }

        @Override
        public boolean isSlow() {
            return false;
        }
    }

    private static final class LossLog implements TrainingListener {
        private final List<Double> losses = new ArrayList<>();

        @Override
        public void onStep(Step step) {
            losses.add(step.loss());
        }
    }
}
