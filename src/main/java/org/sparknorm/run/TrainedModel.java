package org.sparknorm.run;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleShape;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.spark.NetworkSpec;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.spark.source.DataSources;
import org.sparknorm.tensor.Shape;
import org.sparknorm.train.TrainingState;

/**
 * The parts of a finished run that inference needs.
 *
 * @param classNames names in the order of the class numbers; empty if the run does not know them
 */
public record TrainedModel(RunFolder folder, RunConfig config, List<String> classNames, Configuration hadoop) {
    public static final String WEIGHTS = "weights";
    public static final String STATISTICS = "statistics";
    private static final String POPULATION = "population";
    public static final List<String> STATISTICS_KINDS = List.of("running", POPULATION);

    /** @param assignments {@code key=value}, which replace values of the run's configuration */
    public static TrainedModel of(String run, List<String> assignments, Configuration hadoop) throws IOException {
        RunFolder folder = RunFolder.of(run, hadoop);
        ConfigSource written = ConfigFiles.ofText(folder.readConfiguration());
        RunConfig config =
                AbsolutePaths.in(written.with(assignments), run, hadoop).toRunConfig();
        return new TrainedModel(folder, config, folder.readClassNames(), hadoop);
    }

    /**
     * Returns the examples of a split, with labels as the model numbers them.
     *
     * @throws RefusedException if there are none, or their classes are not those of the model
     */
    public DataSource examples(Split split) {
        DataSource source = DataSources.of(config.data(), split, hadoop);
        if (source == null) {
            throw new RefusedException(folder + " has no validation examples", "give data.validation=PATH");
        }
        source = source.withClasses(classNames);
        DataChecks.checkLabels(source, spec(source).classes());
        DataChecks.checkClassNames(classNames, source);
        return source;
    }

    /**
     * Returns the network. It is made without the data if their format and size give the shape of an example.
     *
     * @throws RefusedException if the data are needed and missing
     */
    public Network network() {
        Shape shape = ExampleShape.known(config.data());
        int classes = config.model().classes().or(0);
        if (shape != null && classes > 0) {
            // The form of the examples does not matter to the network.
            return RunPlan.network(
                    new NetworkSpec(config.model(), config.data(), shape, ExampleForm.RAW_BYTES, classes));
        }
        return RunPlan.network(spec(training()));
    }

    private DataSource training() {
        try {
            return DataSources.of(config.data(), Split.TRAIN, hadoop);
        } catch (RefusedException e) {
            throw new RefusedException(
                    "the data alone say of what size their images are: " + e.getMessage(),
                    "or give data.size=PIXELS, if they are square");
        }
    }

    /**
     * Returns all that is needed to build the network for the examples of a source. The source gives the number of
     * classes if the configuration does not.
     */
    public NetworkSpec spec(DataSource source) {
        int classes = config.model().classes().or(source.description().classes());
        DataChecks.checkInput(config.data(), source.description());
        DataSource.Description data = source.description();
        return new NetworkSpec(config.model(), config.data(), data.shape(), data.form(), classes);
    }

    /** @param weights another safetensors file, or null for the run's own */
    public TrainingState state(NetworkSpec spec, String weights) throws IOException {
        Network network = RunPlan.network(spec);
        return new TrainingState(network, read(network, weights), Optimizers.of(config.optimizer(), network), 0);
    }

    /** @param weights another safetensors file, or null for the run's own */
    public ModelTensors read(Network network, String weights) {
        String file = weights == null ? folder.path(RunFolder.MODEL) : weights;
        return ModelFiles.read("weights", file, network, hadoop);
    }

    /**
     * Returns the path of the weights to use; null for those of the run itself.
     *
     * @param weights file that the user named, or null
     * @param statistics one of {@link #STATISTICS_KINDS}
     */
    public String chosenWeights(String weights, String statistics) throws IOException {
        if (!statistics.equals(POPULATION)) {
            return weights;
        }
        if (weights != null) {
            throw new RefusedException(
                    "weights and statistics=population name two files of a model", "give one of them");
        }
        if (!folder.has(RunFolder.POPULATION)) {
            throw new RefusedException(
                    folder + " has no population statistics", "make them with the command population");
        }
        return folder.path(RunFolder.POPULATION);
    }
}
