package org.sparknorm.ml;

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
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.source.LabelledExamples;
import org.sparknorm.train.TrainingState;

/**
 * An estimator of Spark ML that trains a classifier with synchronized batch normalization. It trains as command {@code
 * train} does: the same configuration and the same examples in the same order give the same bits.
 *
 * <p>Features are a vector (what the network sees, value by value, in the order [H, W, C] where {@link #imageShape()}
 * is set), an image of {@code spark.read().format("image")}, or the bytes of an image file. Labels are whole numbers
 * from 0 on. Keys of the configuration that have no Param of their own go into {@link #configuration()}, as on the
 * command line.
 *
 * <p>A step is a barrier stage: it needs as many slots as partitions at the same time, and dynamic allocation must be
 * off. The order of rows has to be the same whenever they are computed: cache or sort the output of a shuffle.
 */
public final class SyncBatchNormClassifier extends Estimator<SyncBatchNormModel>
        implements HasColumns<SyncBatchNormClassifier>, MLWritable {
    private static final String PREFIX = "syncBatchNorm";

    private final String uid;
    private final Columns columns;
    private final TrainingParams params;

    public SyncBatchNormClassifier() {
        this(Identifiable.randomUID(PREFIX));
    }

    /** @param uid name of the stage, which its Params carry */
    public SyncBatchNormClassifier(String uid) {
        this.uid = uid;
        this.columns = Columns.of(this);
        this.params = TrainingParams.of(this);
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public Columns columns() {
        return columns;
    }

    public Param<String> labelCol() {
        return params.label();
    }

    public Param<String> network() {
        return params.network();
    }

    public Param<String> norm() {
        return params.norm();
    }

    public IntArrayParam imageShape() {
        return params.imageShape();
    }

    public IntParam batchSize() {
        return params.batchSize();
    }

    public IntParam slices() {
        return params.slices();
    }

    public IntParam epochs() {
        return params.epochs();
    }

    public LongParam seed() {
        return params.seed();
    }

    public DoubleParam learningRate() {
        return params.learningRate();
    }

    public Param<String> optimizer() {
        return params.optimizer();
    }

    public DoubleParam momentum() {
        return params.momentum();
    }

    public StringArrayParam configuration() {
        return params.configuration();
    }

    public SyncBatchNormClassifier setLabelCol(String value) {
        set(params.label(), value);
        return this;
    }

    public SyncBatchNormClassifier setNetwork(String value) {
        set(params.network(), value);
        return this;
    }

    public SyncBatchNormClassifier setNorm(String value) {
        set(params.norm(), value);
        return this;
    }

    public SyncBatchNormClassifier setImageShape(int height, int width, int channels) {
        set(params.imageShape(), new int[] {height, width, channels});
        return this;
    }

    public SyncBatchNormClassifier setBatchSize(int value) {
        set(params.batchSize(), value);
        return this;
    }

    public SyncBatchNormClassifier setSlices(int value) {
        set(params.slices(), value);
        return this;
    }

    public SyncBatchNormClassifier setEpochs(int value) {
        set(params.epochs(), value);
        return this;
    }

    public SyncBatchNormClassifier setSeed(long value) {
        set(params.seed(), value);
        return this;
    }

    public SyncBatchNormClassifier setLearningRate(double value) {
        set(params.learningRate(), value);
        return this;
    }

    public SyncBatchNormClassifier setOptimizer(String value) {
        set(params.optimizer(), value);
        return this;
    }

    public SyncBatchNormClassifier setMomentum(double value) {
        set(params.momentum(), value);
        return this;
    }

    public SyncBatchNormClassifier setConfiguration(String... keys) {
        set(params.configuration(), keys.clone());
        return this;
    }

    /**
     * Trains a network.
     *
     * @throws RefusedException if columns, Params and examples do not fit together
     */
    @Override
    public SyncBatchNormModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        Dataset<Row> rows = dataset.select(columnOf(featuresCol()), columnOf(labelCol()));
        FeatureReader features = FeatureReader.ofFirstColumn(rows, getOrDefault(params.imageShape()));
        JavaRDD<LabelledExamples.Example> examples = rows.toJavaRDD()
                .map(row -> new LabelledExamples.Example(LabelReader.label(row, 1), features.read(row)));
        LabelledExamples source = LabelledExamples.of(
                "the dataset", examples, features.shape(), features.kind().form());
        ConfigSource configured = params.configured(this);
        RunPlan plan = EstimatorRun.plan(configured.toRunConfig(), source);
        TrainingState state = EstimatorRun.train(
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext()), plan);
        TrainedClassifier trained =
                TrainedClassifier.of(configured.resolvedText(), plan.spec(), state.evaluationModel());
        return copyValues(new SyncBatchNormModel(uid, trained).setParent(this), new ParamMap());
    }

    private String columnOf(Param<String> param) {
        return getOrDefault(param);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        FeatureReader.kind(schema, getOrDefault(featuresCol()));
        LabelReader.check(schema, getOrDefault(labelCol()));
        return columns.appended(schema, this);
    }

    @Override
    public SyncBatchNormClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public MLWriter write() {
        return new DefaultParamsWriter(this);
    }

    /** Spark calls this by reflection when it loads a pipeline. */
    public static MLReader<SyncBatchNormClassifier> read() {
        return new DefaultParamsReader<>();
    }

    public static SyncBatchNormClassifier load(String path) {
        return read().load(path);
    }
}
