package org.sparknorm.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.DealOrder;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.data.GeneratedDigits;
import org.sparknorm.data.Split;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.run.ModelFiles;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.BlasAgreement;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.LocalWorkers;
import org.sparknorm.train.SliceExamples;
import org.sparknorm.train.SliceGroup;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/** Whole runs without commands: what they make of the weights, on threads and on Spark. */
public final class Runs {
    /** The paper's network on few digits, so that epochs end in the middle of the run. */
    public static final String RUN = """
            model { activation = sigmoid, init { name = gaussian, deviation = 0.01 } }
            data { examples = 1003, validation-examples = 0 }
            slices = 8, steps = 300
            """;

    /** Slices are uneven, and the last batch of an epoch has 43 examples: slices 6 and 7 have none. */
    public static final String BATCH_60 = RUN + "batch-size = 60";
    /** The last batch of an epoch has 3 examples: seven slices have none or one. */
    public static final String BATCH_100 = RUN + "batch-size = 100, optimizer { momentum = 0.9 }";

    private Runs() {}

    public static RunConfig config(String text) {
        return ConfigFiles.ofText(text).toRunConfig();
    }

    /** The hash that result.json would hold, without Spark. */
    public static String sha256OnThreads(RunConfig config, int permits) {
        RunPlan prepared = RunPlan.of(config, new Configuration());
        Blas blas = BlasLibrary.load(BlasLibrary.available().names().get(0));
        BatchPlan plan = prepared.settings().plan();
        List<SliceExamples> examples = digits(config, plan, prepared.spec().exampleReader(config.seed()));
        SliceGroup group = new SliceGroup(
                prepared.settings(), 0, examples, () -> prepared.spec().network(blas));
        return sha256(prepared, new LocalWorkers(group, null, permits));
    }

    /** The same on Spark, in as many partitions as the configuration says: it must not say {@code auto}. */
    public static String sha256OnSpark(JavaSparkContext spark, RunConfig config) {
        int partitions = config.partitions().value();
        RunPlan prepared = RunPlan.of(config, spark.hadoopConfiguration());
        try (SparkWorkers workers = new SparkWorkers(spark, config, partitions)) {
            String blas = BlasAgreement.reach(spark, partitions, null).blas();
            workers.deal(Split.TRAIN, prepared.content(Split.TRAIN, blas), 1);
            return sha256(prepared, workers);
        }
    }

    public static String sha256(RunPlan prepared, Workers workers) {
        TrainingState state = prepared.state(ModelFiles.initial(prepared, new Configuration()));
        new Trainer(prepared.trainerSettings(false), workers, List.of()).train(state, false);
        return Safetensors.sha256(state.model().entries(prepared.network()));
    }

    private static List<SliceExamples> digits(RunConfig config, BatchPlan plan, ExampleReader reader) {
        int size = GeneratedDigits.SHAPE.size();
        List<ArrayExamples> slices = new ArrayList<>();
        for (int slice = 0; slice < plan.slices(); slice++) {
            int count = plan.sliceExamples(slice);
            slices.add(new ArrayExamples(new int[count], new byte[count * size], reader));
        }
        boolean shuffled = config.data().shuffle() != DataConfig.Shuffle.FALSE;
        LongUnaryOperator places = new DealOrder(plan.examples(), config.seed(), shuffled).places();
        for (long index = 0; index < plan.examples(); index++) {
            long place = places.applyAsLong(index);
            ArrayExamples slice = slices.get(plan.slice(place));
            int position = plan.position(place);
            slice.labels()[position] =
                    GeneratedDigits.draw(config.data().seed(), Split.TRAIN, index, slice.images(), position * size);
        }
        return new ArrayList<>(slices);
    }

    private record ArrayExamples(int[] labels, byte[] images, ExampleReader reader) implements SliceExamples {
        @Override
        public int count() {
            return labels.length;
        }

        @Override
        public int label(int position) {
            return labels[position];
        }

        @Override
        public long index(int position) {
            return position;
        }

        @Override
        public String name(int position) {
            return "";
        }

        @Override
        public void readTraining(int position, long epoch, float[] target, int at) {
            int size = GeneratedDigits.SHAPE.size();
            try {
                reader.training(images, position * size, index(position), epoch, target, at);
            } catch (BadImageException e) {
                throw new IllegalStateException(e);
            }
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
}
