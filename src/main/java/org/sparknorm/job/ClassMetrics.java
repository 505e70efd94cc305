package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.sparknorm.train.Prediction;
import scala.Tuple2;

/**
 * Precision, recall and confusion matrix, from Spark MLlib's {@code MulticlassMetrics}.
 *
 * @param rows one row for each class that is the label of an example or was predicted for one, by class number
 */
public record ClassMetrics(List<Row> rows) {
    /**
     * The metrics of one class.
     *
     * @param precision share of the examples predicted to be of the class that are of it
     * @param recall share of the examples of the class that are predicted to be of it; NaN if there are none
     * @param predicted how many examples of the class were predicted to be of each row's class, in the order of the
     *     rows
     */
    public record Row(int label, double precision, double recall, long[] predicted) {}

    public static ClassMetrics of(JavaRDD<Prediction> predictions) {
        JavaRDD<Tuple2<Object, Object>> pairs = predictions.map(prediction ->
                new Tuple2<Object, Object>((double) prediction.classes()[0], (double) prediction.label()));
        MulticlassMetrics metrics = new MulticlassMetrics(pairs.rdd());
        Set<Double> labelled = new TreeSet<>();
        for (double label : metrics.labels()) {
            labelled.add(label);
        }
        Map<Tuple2<Object, Object>, Long> counts = pairs.countByValue();
        TreeSet<Double> all = new TreeSet<>(labelled);
        counts.keySet().forEach(pair -> all.add((Double) pair._1()));
        List<Row> rows = new ArrayList<>();
        for (double label : all) {
            long[] predicted = all.stream()
                    .mapToLong(other -> counts.getOrDefault(new Tuple2<Object, Object>(other, label), 0L))
                    .toArray();
            boolean hasExamples = labelled.contains(label);
            double precision = hasExamples ? metrics.precision(label) : 0;
            double recall = hasExamples ? metrics.recall(label) : Double.NaN;
            rows.add(new Row((int) label, precision, recall, predicted));
        }
        return new ClassMetrics(rows);
    }
}
