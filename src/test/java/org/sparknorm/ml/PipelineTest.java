package org.sparknorm.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.GeneratedDigits;
import org.sparknorm.data.Split;
import org.sparknorm.data.image.Picture;
import org.sparknorm.data.image.PictureWriter;

/** The estimator and its model work in Spark ML's own pipelines. */
class PipelineTest {
    private static final StructType SCHEMA = new StructType()
            .add("label", DataTypes.DoubleType, false)
            .add("features", SQLDataTypes.VectorType(), false);
    private static final int PIXELS = GeneratedDigits.SHAPE.size();

    private static SparkSession spark;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.warehouse.dir", "target/warehouse")
                .getOrCreate();
        spark.sparkContext().setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @Test
    void givesTheBitsOfATrainingRun() {
        SyncBatchNormModel model = classifier().setImageShape(28, 28, 1).fit(digits(0, 300));
        RunConfig config = ConfigFiles.ofText("")
                .with(List.of(
                        "epochs=2",
                        "data.examples=300",
                        "batch-size=30",
                        "slices=4",
                        "partitions=1",
                        "learning-rate.initial=0.1",
                        "optimizer.momentum=0.9",
                        "model.hidden=[30]"))
                .toRunConfig();
        assertThat(model.weightsSha256()).isEqualTo(DigitsRun.sha256(spark, config));
        assertThat(model.numClasses()).isEqualTo(10);
    }

    @Test
    void pipelineIsFittedEvaluatedSavedAndLoaded() throws Exception {
        Dataset<Row> validation = digits(300, 200);
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {
            new StandardScaler()
                    .setWithStd(false)
                    .setWithMean(true)
                    .setInputCol("features")
                    .setOutputCol("scaled"),
            classifier().setFeaturesCol("scaled").setEpochs(6)
        });
        PipelineModel model = pipeline.fit(digits(0, 300));
        Dataset<Row> predicted = model.transform(validation);
        assertThat(predicted.columns())
                .containsExactly("label", "features", "scaled", "rawPrediction", "probability", "prediction");
        assertThat(new MulticlassClassificationEvaluator()
                        .setMetricName("accuracy")
                        .evaluate(predicted))
                .isGreaterThan(0.5);
        for (Row row :
                predicted.select("rawPrediction", "probability", "prediction").collectAsList()) {
            Vector probabilities = row.getAs(1);
            assertThat(Arrays.stream(probabilities.toArray()).sum()).isBetween(1 - 1e-9, 1 + 1e-9);
            assertThat(row.getDouble(2)).isEqualTo(probabilities.argmax());
            assertThat(((Vector) row.getAs(0)).argmax()).isEqualTo(probabilities.argmax());
        }
        String path = folder.resolve("model").toString();
        model.write().overwrite().save(path);
        assertThat(PipelineModel.load(path).transform(validation).collectAsList())
                .isEqualTo(predicted.collectAsList());
        String unfitted = folder.resolve("pipeline").toString();
        pipeline.save(unfitted);
        SyncBatchNormClassifier loaded =
                (SyncBatchNormClassifier) Pipeline.load(unfitted).getStages()[1];
        SyncBatchNormClassifier saved = (SyncBatchNormClassifier) pipeline.getStages()[1];
        assertThat(loaded.uid()).isEqualTo(saved.uid());
        assertThat(loaded.<Object>getOrDefault(loaded.momentum())).isEqualTo(0.9);
        assertThat(loaded.<Object>getOrDefault(loaded.epochs())).isEqualTo(6);
        assertThat(loaded.getOrDefault(loaded.configuration())).containsExactly("model.hidden=[30]");
        assertThat(loaded.explainParams()).contains("learningRate: initial learning rate (default: 0.1)");
    }

    @Test
    void theBetterOfTwoRatesIsFound() {
        SyncBatchNormClassifier classifier = classifier();
        ParamMap[] rates = new ParamGridBuilder()
                .addGrid(classifier.learningRate(), new double[] {1e-6, 0.1})
                .build();
        TrainValidationSplitModel best = new TrainValidationSplit()
                .setEstimator(classifier)
                .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
                .setEstimatorParamMaps(rates)
                .setTrainRatio(0.8)
                .setSeed(1)
                .fit(digits(0, 300));
        assertThat(best.validationMetrics()[1]).isGreaterThan(best.validationMetrics()[0]);
        assertThat(((SyncBatchNormModel) best.bestModel())
                        .parent()
                        .extractParamMap()
                        .get(classifier.learningRate())
                        .get())
                .isEqualTo(0.1);
    }

    @Test
    void imagesAndTheirFilesAreTheSame() {
        StructType schema = new StructType()
                .add("label", DataTypes.IntegerType)
                .add("file", DataTypes.BinaryType)
                .add("image", org.apache.spark.ml.image.ImageSchema.columnSchema());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(picture(i));
        }
        Dataset<Row> images = spark.createDataFrame(rows, schema).repartition(1).cache();
        SyncBatchNormClassifier classifier = new SyncBatchNormClassifier()
                .setNetwork("resnet20")
                .setImageShape(16, 16, 3)
                .setBatchSize(8)
                .setSlices(2)
                .setEpochs(1)
                .setConfiguration("model.width=0.25", "data.augment.flip=true");
        SyncBatchNormModel ofFiles = classifier.setFeaturesCol("file").fit(images);
        SyncBatchNormModel ofImages = classifier.setFeaturesCol("image").fit(images);
        assertThat(ofImages.weightsSha256()).isEqualTo(ofFiles.weightsSha256());
        assertThat(ofImages.setProbabilityCol("").transform(images).columns())
                .containsExactly("label", "file", "image", "rawPrediction", "prediction");
    }

    @Test
    void refusalsNameWhatIsWrong() {
        Dataset<Row> rows = digits(0, 60);
        assertThatThrownBy(() -> classifier().setFeaturesCol("pixels").fit(rows))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("there is no column pixels among label, features");
        assertThatThrownBy(() -> classifier().setFeaturesCol("label").fit(rows))
                .hasMessageContaining("column label is of type double");
        assertThatThrownBy(() -> classifier().setPredictionCol("label").fit(rows))
                .hasMessageContaining("there is a column label already");
        assertThatThrownBy(
                        () -> classifier().setConfiguration("model.nrom=none").fit(rows))
                .hasMessageContaining("the nearest known key is model.norm");
        assertThatThrownBy(() -> classifier().setConfiguration("data.mean=0.5").fit(rows))
                .hasMessageContaining("scale the features in a stage before");
        assertThatThrownBy(() ->
                        classifier().setNetwork("cnn").setImageShape(20, 28, 1).fit(rows))
                .hasMessageContaining("784 features");
    }

    @Test
    void defaultsAreThoseOfTheConfiguration() {
        SyncBatchNormClassifier classifier = new SyncBatchNormClassifier();
        RunConfig config = TrainingParams.of(classifier).configured(classifier).toRunConfig();
        assertThat(config).isEqualTo(ConfigFiles.ofText("epochs = 10").toRunConfig());
    }

    /** A pipeline on real images reaches the accuracy that such a network has after three epochs. */
    @Test
    void fashionMnistInADataFrame() throws IOException {
        Path data = Path.of("..", "shared", "data", "fashion-mnist");
        assumeTrue(Files.isDirectory(data), "there is no Fashion-MNIST at " + data);
        Dataset<Row> training = idx(data, "train", 6000);
        Dataset<Row> validation = idx(data, "t10k", 2000);
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {
                    new SyncBatchNormClassifier().setEpochs(3).setConfiguration("steps-per-job=auto")
                })
                .fit(training);
        double accuracy = new MulticlassClassificationEvaluator()
                .setMetricName("accuracy")
                .evaluate(model.transform(validation));
        assertThat(accuracy).isGreaterThan(0.78);
    }

    private static SyncBatchNormClassifier classifier() {
        return new SyncBatchNormClassifier()
                .setBatchSize(30)
                .setSlices(4)
                .setEpochs(2)
                .setMomentum(0.9)
                .setConfiguration("model.hidden=[30]");
    }

    /** The digits that the command generates, in order, each value byte/255. */
    private static Dataset<Row> digits(int first, int count) {
        List<Row> rows = new ArrayList<>();
        byte[] pixels = new byte[PIXELS];
        for (int i = first; i < first + count; i++) {
            Arrays.fill(pixels, (byte) 0);
            int label = GeneratedDigits.draw(1, Split.TRAIN, i, pixels, 0);
            rows.add(row(label, pixels, 0));
        }
        return spark.createDataFrame(rows, SCHEMA);
    }

    private static Row row(int label, byte[] pixels, int from) {
        double[] values = new double[PIXELS];
        for (int p = 0; p < PIXELS; p++) {
            values[p] = Byte.toUnsignedInt(pixels[from + p]) / 255.0;
        }
        return RowFactory.create((double) label, Vectors.dense(values));
    }

    private static Dataset<Row> idx(Path data, String split, int count) throws IOException {
        byte[] images = unpacked(data.resolve(split + "-images-idx3-ubyte.gz"));
        byte[] labels = unpacked(data.resolve(split + "-labels-idx1-ubyte.gz"));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row(labels[8 + i], images, 16 + i * PIXELS));
        }
        return spark.createDataFrame(rows, SCHEMA).cache();
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    /** A picture of one of two classes, red and blue, as a file and as Spark's pixels. */
    private static Row picture(int i) {
        int side = 16;
        byte[] rgb = new byte[side * side * 3];
        byte[] bgr = new byte[rgb.length];
        for (int p = 0; p < side * side; p++) {
            int strong = i % 2 == 0 ? 0 : 2;
            rgb[3 * p + strong] = (byte) (100 + (p * 7 + i * 13) % 150);
            rgb[3 * p + 1] = (byte) (p % 50);
            for (int c = 0; c < 3; c++) {
                bgr[3 * p + c] = rgb[3 * p + 2 - c];
            }
        }
        Row image = RowFactory.create("picture " + i, side, side, 3, 16, bgr);
        return RowFactory.create(i % 2, PictureWriter.bmp(new Picture(side, side, rgb)), image);
    }
}
