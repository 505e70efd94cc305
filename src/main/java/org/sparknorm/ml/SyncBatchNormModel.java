package org.sparknorm.ml;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.NetworkSpec;
import scala.Option;

/**
 * A trained {@link SyncBatchNormClassifier}, which adds logits, probabilities and the likeliest class to rows of
 * features.
 */
public final class SyncBatchNormModel extends Model<SyncBatchNormModel>
        implements HasColumns<SyncBatchNormModel>, MLWritable {
    private static final String MODEL = "model.safetensors";
    private static final String SETUP = "setup.json";

    private final String uid;
    private final Columns columns;
    private final TrainedClassifier trained;
    /** Made by the first {@link #transform}. */
    private transient Broadcast<TrainedClassifier> broadcast;

    SyncBatchNormModel(String uid, TrainedClassifier trained) {
        this.uid = uid;
        this.trained = trained;
        this.columns = Columns.of(this);
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public Columns columns() {
        return columns;
    }

    public int numClasses() {
        return trained.network().classes();
    }

    /** The hash of the tensors' bytes, as in {@code result.json} of a run; models with equal hashes are equal. */
    public String weightsSha256() {
        return Safetensors.sha256(trained.entries());
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        String features = getOrDefault(columns.features());
        FeatureReader reader = new FeatureReader(
                dataset.schema().fieldIndex(features),
                FeatureReader.kind(dataset.schema(), features),
                trained.network().input());
        if (broadcast == null) {
            broadcast = JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext())
                    .broadcast(trained);
        }
        RowClassifier classifier = new RowClassifier(
                broadcast,
                reader,
                !getOrDefault(columns.rawPrediction()).isEmpty(),
                !getOrDefault(columns.probability()).isEmpty(),
                !getOrDefault(columns.prediction()).isEmpty());
        return dataset.toDF().mapPartitions(classifier, Encoders.row(schema));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String features = getOrDefault(columns.features());
        if (FeatureReader.kind(schema, features).form() != trained.network().form()) {
            throw new RefusedException(
                    "column " + features + " is not what the model was trained on", "give it the same kind of column");
        }
        return columns.appended(schema, this);
    }

    @Override
    public SyncBatchNormModel copy(ParamMap extra) {
        SyncBatchNormModel copy = new SyncBatchNormModel(uid, trained);
        copy.broadcast = broadcast;
        return copyValues(copy.setParent(parent()), extra);
    }

    /**
     * Writes the Params as Spark does, {@code model.safetensors} as a run does, and {@code setup.json}, which describes
     * the network.
     */
    @Override
    public MLWriter write() {
        return new Writer(this);
    }

    /** Spark calls this by reflection when it loads a pipeline. */
    public static MLReader<SyncBatchNormModel> read() {
        return new Reader();
    }

    public static SyncBatchNormModel load(String path) {
        return read().load(path);
    }

    private static final class Writer extends MLWriter {
        private final SyncBatchNormModel model;

        Writer(SyncBatchNormModel model) {
            this.model = model;
        }

        @Override
        public void saveImpl(String path) {
            DefaultParamsWriter.saveMetadata(model, path, sparkSession());
            Path folder = new Path(path);
            try {
                AtomicFiles files = AtomicFiles.of(folder, sc().hadoopConfiguration());
                files.write(new Path(folder, MODEL), out -> Safetensors.write(out, model.trained.entries()));
                byte[] setup = model.trained.setupText().getBytes(StandardCharsets.UTF_8);
                files.write(new Path(folder, SETUP), out -> out.write(setup));
            } catch (IOException e) {
                throw new UncheckedIOException("the model cannot be written to " + path, e);
            }
        }
    }

    private static final class Reader extends MLReader<SyncBatchNormModel> {
        @Override
        public SyncBatchNormModel load(String path) {
            DefaultParamsReader.Metadata metadata =
                    DefaultParamsReader.loadMetadata(path, sparkSession(), SyncBatchNormModel.class.getName());
            Path folder = new Path(path);
            try {
                AtomicFiles files = AtomicFiles.of(folder, sc().hadoopConfiguration());
                Map<String, Object> setup;
                try (InputStream in = files.open(new Path(folder, SETUP))) {
                    setup = JsonLines.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
                NetworkSpec spec = TrainedClassifier.networkOf(setup);
                ModelTensors tensors = tensors(files, new Path(folder, MODEL), RunPlan.network(spec));
                SyncBatchNormModel model = new SyncBatchNormModel(
                        metadata.uid(), TrainedClassifier.of(TrainedClassifier.configurationOf(setup), spec, tensors));
                metadata.getAndSetParams(model, Option.empty());
                return model;
            } catch (IOException e) {
                throw new RefusedException(path + " holds no model: " + e.getMessage(), "check the path");
            }
        }

        private static ModelTensors tensors(AtomicFiles files, Path file, Network network) throws IOException {
            long length = files.system().getFileStatus(file).getLen();
            try (InputStream in = new BufferedInputStream(files.open(file))) {
                return ModelTensors.of(network, Safetensors.read(in, length, file.toString()), file.toString());
            }
        }
    }
}
