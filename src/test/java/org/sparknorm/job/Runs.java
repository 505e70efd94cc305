package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.BadImageException;
import org.sparknorm.data.Digits;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.data.Split;
import org.sparknorm.spark.BlasAgreement;
import org.sparknorm.spark.Preparation;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.DealOrder;
import org.sparknorm.train.LocalWorkers;
import org.sparknorm.train.SliceExamples;
import org.sparknorm.train.SliceGroup;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/** Whole runs without commands: what they make of the weights, on threads and on Spark. */
final class Runs {
    private Runs() {}

    static RunConfig config(String text) {
        return ConfigFiles.ofText(text).toRunConfig();
    }

    /** The hash that result.json would hold, without Spark. */
    static String sha256OnThreads(RunConfig config, int permits) {
        Preparation prepared = Preparation.of(config, new Configuration());
        Blas blas = BlasLibrary.load(BlasLibrary.available().names().get(0));
        BatchPlan plan = prepared.setup().plan();
        List<SliceExamples> examples = digits(config, plan, prepared.run().exampleReader(config.seed()));
        SliceGroup group = new SliceGroup(
                prepared.setup(), 0, examples, () -> prepared.run().network(blas));
        return sha256(prepared, new LocalWorkers(group, null, permits));
    }

    /** The same on Spark, in as many partitions as the configuration says: it must not say {@code auto}. */
    static String sha256OnSpark(JavaSparkContext spark, RunConfig config) {
        int partitions = config.partitions().value();
        Preparation prepared = Preparation.of(config, spark.hadoopConfiguration());
        try (SparkWorkers workers = new SparkWorkers(spark, config, partitions)) {
            String blas = BlasAgreement.reach(spark, partitions, null);
            workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), blas);
            return sha256(prepared, workers);
        }
    }

    static String sha256(Preparation prepared, Workers workers) {
        TrainingState state = prepared.state(ModelFiles.initial(prepared, new Configuration()));
        new Trainer(prepared.trainerSettings(false), workers, List.of()).train(state, false);
        return Safetensors.sha256(state.model().entries(prepared.network()));
    }

    private static List<SliceExamples> digits(RunConfig config, BatchPlan plan, ExampleReader reader) {
        int size = Digits.SIDE * Digits.SIDE;
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
                    Digits.draw(config.data().seed(), Split.TRAIN, index, slice.images(), position * size);
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
            int size = Digits.SIDE * Digits.SIDE;
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
