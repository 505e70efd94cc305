package org.sparknorm.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.source.LabelledExamples;
import org.sparknorm.train.TrainingState;

/**
 * An image classifier with synchronized batch normalization as a stage of Spark ML: the training of command {@code train}, to
 * the same bits for the same configuration and the same examples in the same order.
 *
 * <p>Features are a vector (what the network sees, value by value, in the order [H, W, C] where {@link #imageShape()} is set),
 * an image of {@code spark.read().format("image")}, or the bytes of an image file; labels are whole numbers from 0 on. What is
 * no Param stands in {@link #configuration()}, as on the command line.
 *
 * <p>A step is a barrier stage: it needs as many slots as partitions at the same time, and dynamic allocation to be off. The
 * order of rows has to be the same whenever they are computed: cache or sort what comes out of a shuffle.
 */
public final class SyncBatchNormClassifier extends Estimator<SyncBatchNormModel> implements MLWritable {
    private static final String PREFIX = "syncBatchNorm";

    private final String uid;
    private final Columns columns;
    private final Param<String> labelCol;
    private final Param<String> network;
    private final Param<String> norm;
    private final IntArrayParam imageShape;
    private final IntParam batchSize;
    private final IntParam slices;
    private final IntParam epochs;
    private final LongParam seed;
    private final DoubleParam learningRate;
    private final Param<String> optimizer;
    private final DoubleParam momentum;
    private final StringArrayParam configuration;

    public SyncBatchNormClassifier() {
        this(Identifiable.randomUID(PREFIX));
    }

    /** @param uid of the stage, which its Params carry */
    public SyncBatchNormClassifier(String uid) {
        this.uid = uid;
        this.columns = Columns.of(this);
        this.labelCol = new Param<>(this, "labelCol", "column of labels, whole numbers from 0 on");
        this.network = new Param<>(this, "network", "mlp, cnn, resnet20, resnet50, bn-inception or transformer");
        this.norm = new Param<>(this, "norm", "batch, none, layer, group, instance or switchable");
        this.imageShape = new IntArrayParam(
                this,
                "imageShape",
                "height, width and channels of what the network sees; none: the features are vectors of no shape");
        this.batchSize = new IntParam(this, "batchSize", "examples of one step, over all slices");
        this.slices = new IntParam(this, "slices", "fixed shares of every batch, part of the result like the seed");
        this.epochs = new IntParam(this, "epochs", "passes over the examples");
        this.seed = new LongParam(this, "seed", "of initial weights and of the order of examples");
        this.learningRate = new DoubleParam(this, "learningRate", "initial learning rate");
        this.optimizer = new Param<>(this, "optimizer", "sgd, adam, adamw, rmsprop or lars");
        this.momentum = new DoubleParam(this, "momentum", "of sgd, rmsprop and lars");
        this.configuration = new StringArrayParam(
                this, "configuration", "further keys of the configuration, each key=value; they stand over the others");
        setDefault(labelCol, "label");
        setDefault(network, "mlp");
        setDefault(norm, "batch");
        setDefault(imageShape, new int[0]);
        setDefault(batchSize, 60);
        setDefault(slices, 8);
        setDefault(epochs, 10);
        setDefault(seed, 1L);
        setDefault(learningRate, 0.1);
        setDefault(optimizer, "sgd");
        setDefault(momentum, 0.0);
        setDefault(configuration, new String[0]);
    }

    @Override
    public String uid() {
        return uid;
    }

    public Param<String> featuresCol() {
        return columns.features();
    }

    public Param<String> labelCol() {
        return labelCol;
    }

    public Param<String> predictionCol() {
        return columns.prediction();
    }

    public Param<String> probabilityCol() {
        return columns.probability();
    }

    public Param<String> rawPredictionCol() {
        return columns.rawPrediction();
    }

    public Param<String> network() {
        return network;
    }

    public Param<String> norm() {
        return norm;
    }

    public IntArrayParam imageShape() {
        return imageShape;
    }

    public IntParam batchSize() {
        return batchSize;
    }

    public IntParam slices() {
        return slices;
    }

    public IntParam epochs() {
        return epochs;
    }

    public LongParam seed() {
        return seed;
    }

    public DoubleParam learningRate() {
        return learningRate;
    }

    public Param<String> optimizer() {
        return optimizer;
    }

    public DoubleParam momentum() {
        return momentum;
    }

    public StringArrayParam configuration() {
        return configuration;
    }

    public SyncBatchNormClassifier setFeaturesCol(String value) {
        set(columns.features(), value);
        return this;
    }

    public SyncBatchNormClassifier setLabelCol(String value) {
        set(labelCol, value);
        return this;
    }

    public SyncBatchNormClassifier setPredictionCol(String value) {
        set(columns.prediction(), value);
        return this;
    }

    public SyncBatchNormClassifier setProbabilityCol(String value) {
        set(columns.probability(), value);
        return this;
    }

    public SyncBatchNormClassifier setRawPredictionCol(String value) {
        set(columns.rawPrediction(), value);
        return this;
    }

    public SyncBatchNormClassifier setNetwork(String value) {
        set(network, value);
        return this;
    }

    public SyncBatchNormClassifier setNorm(String value) {
        set(norm, value);
        return this;
    }

    public SyncBatchNormClassifier setImageShape(int height, int width, int channels) {
        set(imageShape, new int[] {height, width, channels});
        return this;
    }

    public SyncBatchNormClassifier setBatchSize(int value) {
        set(batchSize, value);
        return this;
    }

    public SyncBatchNormClassifier setSlices(int value) {
        set(slices, value);
        return this;
    }

    public SyncBatchNormClassifier setEpochs(int value) {
        set(epochs, value);
        return this;
    }

    public SyncBatchNormClassifier setSeed(long value) {
        set(seed, value);
        return this;
    }

    public SyncBatchNormClassifier setLearningRate(double value) {
        set(learningRate, value);
        return this;
    }

    public SyncBatchNormClassifier setOptimizer(String value) {
        set(optimizer, value);
        return this;
    }

    public SyncBatchNormClassifier setMomentum(double value) {
        set(momentum, value);
        return this;
    }

    public SyncBatchNormClassifier setConfiguration(String... keys) {
        set(configuration, keys.clone());
        return this;
    }

    /**
     * Trains a network.
     *
     * @throws RefusedException if columns, Params and examples do not fit together; says what to do
     */
    @Override
    public SyncBatchNormModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        Dataset<Row> rows = dataset.select(columnOf(columns.features()), columnOf(labelCol));
        FeatureReader features = FeatureReader.ofFirstColumn(rows, getOrDefault(imageShape));
        JavaRDD<LabelledExamples.Example> examples =
                rows.toJavaRDD().map(row -> new LabelledExamples.Example(label(row), features.read(row)));
        LabelledExamples source = LabelledExamples.of(
                "the dataset", examples, features.shape(), features.kind().form());
        ConfigFiles.Source configured = configured();
        RunPlan prepared = EstimatorRun.prepare(configured.toRunConfig(), source);
        TrainingState state = EstimatorRun.run(
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()), prepared);
        ClassifierNetwork trained = ClassifierNetwork.of(configured.resolvedText(), prepared.run(), state.outcome());
        return copyValues(new SyncBatchNormModel(uid, trained).setParent(this), new ParamMap());
    }

    private String columnOf(Param<String> param) {
        return getOrDefault(param);
    }

    private static int label(Row row) {
        double label = row.isNullAt(1) ? Double.NaN : ((Number) row.get(1)).doubleValue();
        if (label != (int) label) {
            throw new RefusedException("a row has label " + label, "labels are whole numbers from 0 on");
        }
        return (int) label;
    }

    private ConfigFiles.Source configured() {
        List<String> keys = new ArrayList<>(List.of(
                "model.name=" + getOrDefault(network),
                "model.norm=" + getOrDefault(norm),
                "batch-size=" + getOrDefault(batchSize),
                "slices=" + getOrDefault(slices),
                "epochs=" + getOrDefault(epochs),
                "seed=" + getOrDefault(seed),
                "learning-rate.initial=" + getOrDefault(learningRate),
                "optimizer.name=" + getOrDefault(optimizer),
                "optimizer.momentum=" + getOrDefault(momentum),
                "init-from=" + RunConfig.NO_PATH));
        keys.addAll(List.of(getOrDefault(configuration)));
        return ConfigFiles.ofText("").with(keys);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        FeatureReader.kind(schema, getOrDefault(columns.features()));
        for (StructField field : schema.fields()) {
            if (field.name().equals(getOrDefault(labelCol))) {
                if (!(field.dataType() instanceof NumericType)) {
                    throw new RefusedException(
                            "column " + field.name() + " is of type "
                                    + field.dataType().simpleString(),
                            "labels are numbers; StringIndexer makes them of text");
                }
                return columns.appended(schema, this);
            }
        }
        throw new RefusedException(
                "there is no column " + getOrDefault(labelCol) + " among " + String.join(", ", schema.fieldNames()),
                "name one with setLabelCol");
    }

    @Override
    public SyncBatchNormClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public MLWriter write() {
        return new DefaultParamsWriter(this);
    }

    /** As Spark finds it when it loads a pipeline. */
    public static MLReader<SyncBatchNormClassifier> read() {
        return new DefaultParamsReader<>();
    }

    public static SyncBatchNormClassifier load(String path) {
        return read().load(path);
    }
}
