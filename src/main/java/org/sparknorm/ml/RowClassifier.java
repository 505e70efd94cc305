package org.sparknorm.ml;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Softmax;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Tensor;

/** Classifies the rows of a partition, some at a time, and adds the outputs that are asked for to each row. */
record RowClassifier(
        Broadcast<TrainedClassifier> trained,
        FeatureReader features,
        boolean withRawPrediction,
        boolean withProbability,
        boolean withPrediction)
        implements MapPartitionsFunction<Row, Row> {
    private static final int ROWS_AT_A_TIME = 32;

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new Classified(rows);
    }

    private final class Classified implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Network network;
        private final ExampleReader reader;
        private final Scratch scratch = new Scratch();
        private final List<Row> ready = new ArrayList<>();
        private Tensor input;
        private int next;

        Classified(Iterator<Row> rows) {
            this.rows = rows;
            TrainedClassifier model = trained.value();
            this.network = model.network()
                    .network(BlasLibrary.load(BlasLibrary.available().names().get(0)));
            network.bind(model.weights(), null, model.buffers());
            this.reader = model.network().exampleReader(0); // nothing is drawn in inference
        }

        @Override
        public boolean hasNext() {
            return next < ready.size() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (next == ready.size()) {
                classify();
            }
            return ready.get(next++);
        }

        private void classify() {
            List<Row> some = new ArrayList<>();
            while (some.size() < ROWS_AT_A_TIME && rows.hasNext()) {
                some.add(rows.next());
            }
            input = Tensor.reuse(input, network.input().batch(some.size()));
            for (int i = 0; i < some.size(); i++) {
                try {
                    int at = i * network.input().size();
                    reader.crop(features.read(some.get(i)), 0, 0, 1, input.data(), at);
                } catch (BadImageException e) {
                    throw new RefusedException("an image cannot be decoded: " + e.getMessage(), "leave it out");
                }
            }
            Tensor logits = network.layers().forward(input, Pass.inference(scratch));
            ready.clear();
            next = 0;
            for (int i = 0; i < some.size(); i++) {
                ready.add(row(some.get(i), logits.data(), i * network.classes()));
            }
        }

        private Row row(Row row, float[] logits, int from) {
            double[] raw = new double[network.classes()];
            double[] probabilities = new double[network.classes()];
            Softmax.add(logits, from, probabilities);
            int likeliest = 0;
            for (int c = 0; c < raw.length; c++) {
                raw[c] = logits[from + c];
                likeliest = raw[c] > raw[likeliest] ? c : likeliest;
            }
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                values.add(row.get(i));
            }
            if (withRawPrediction) {
                values.add(Vectors.dense(raw));
            }
            if (withProbability) {
                values.add(Vectors.dense(probabilities));
            }
            if (withPrediction) {
                values.add((double) likeliest);
            }
            return RowFactory.create(values.toArray());
        }
    }
}
