package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.apache.spark.mllib.linalg.Matrix;
import org.sparknorm.train.Prediction;
import scala.Tuple2;

/**
 * How well each class is told from the others, from Spark MLlib's {@code MulticlassMetrics}.
 *
 * @param rows of the classes that are the label of some example or were predicted for one, by class number
 */
public record ClassMetrics(List<Row> rows) {
    /**
     * One class.
     *
     * @param precision share of the examples predicted to be of the class that are
     * @param recall share of the examples of the class that are predicted to be
     * @param predicted how many examples of the class were predicted to be of each row's class, in the order of the rows
     */
    public record Row(int label, double precision, double recall, long[] predicted) {}

    public static ClassMetrics of(JavaRDD<Prediction> predictions) {
        JavaRDD<Tuple2<Object, Object>> pairs = predictions.map(prediction ->
                new Tuple2<Object, Object>((double) prediction.classes()[0], (double) prediction.label()));
        MulticlassMetrics metrics = new MulticlassMetrics(pairs.rdd());
        double[] labels = metrics.labels();
        Matrix confusion = metrics.confusionMatrix();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            long[] predicted = new long[labels.length];
            for (int j = 0; j < labels.length; j++) {
                predicted[j] = (long) confusion.apply(i, j);
            }
            rows.add(new Row((int) labels[i], metrics.precision(labels[i]), metrics.recall(labels[i]), predicted));
        }
        return new ClassMetrics(rows);
    }
}
