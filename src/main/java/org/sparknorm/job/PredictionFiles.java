package org.sparknorm.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.spark.SharedOutput;
import org.sparknorm.train.Prediction;

/**
 * Writes predictions as Parquet or CSV, in the order of the input. The columns are {@code path}, {@code label} (the
 * true class, empty if it is not known), and {@code class1 probability1} to {@code class5 probability5}, the likeliest
 * first. Classes are given by name, or by number if names are not known.
 */
public final class PredictionFiles {
    /** CSV as RFC 4180 has it: quotes are doubled, blanks are part of a value, and a value may hold line breaks. */
    private static final Map<String, String> CSV_OPTIONS = Map.of(
            "header", "true",
            "escape", "\"",
            "multiLine", "true",
            "ignoreLeadingWhiteSpace", "false",
            "ignoreTrailingWhiteSpace", "false");

    private PredictionFiles() {}

    /** The format of the files. */
    public enum Format {
        PARQUET,
        CSV
    }

    /** @param classNames names in the order of the class numbers; empty if they are not known */
    public static void write(
            JavaRDD<Prediction> predictions, int classes, List<String> classNames, Format format, String folder)
            throws IOException {
        int shown = Math.min(Prediction.MOST_CLASSES, classes);
        StructType schema = new StructType().add("path", DataTypes.StringType).add("label", DataTypes.StringType);
        for (int rank = 1; rank <= shown; rank++) {
            schema = schema.add("class" + rank, DataTypes.StringType).add("probability" + rank, DataTypes.DoubleType);
        }
        List<String> names = new ArrayList<>(classNames);
        JavaRDD<Row> rows = predictions
                .sortBy(Prediction::index, true, predictions.getNumPartitions())
                .map(prediction -> row(prediction, names));
        SparkSession session = SparkSession.builder().getOrCreate();
        Dataset<Row> table = session.createDataFrame(rows, schema);
        long expected = predictions.count();
        String read = SharedOutput.literal(folder);
        if (format == Format.CSV) {
            table.write().options(CSV_OPTIONS).csv(folder);
            SharedOutput.check(
                    session.read().options(CSV_OPTIONS).schema(schema).csv(read), expected);
        } else {
            table.write().parquet(folder);
            SharedOutput.check(session.read().parquet(read), expected);
        }
    }

    private static Row row(Prediction prediction, List<String> names) {
        List<Object> values = new ArrayList<>();
        values.add(prediction.name().isEmpty() ? Long.toString(prediction.index()) : prediction.name());
        values.add(prediction.label() < 0 ? null : name(prediction.label(), names));
        for (int rank = 0; rank < prediction.classes().length; rank++) {
            values.add(name(prediction.classes()[rank], names));
            values.add(prediction.probabilities()[rank]);
        }
        return RowFactory.create(values.toArray());
    }

    private static String name(int label, List<String> names) {
        return label < names.size() ? names.get(label) : Integer.toString(label);
    }
}
