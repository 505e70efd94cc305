package org.sparknorm.job;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.Preparation;
import org.sparknorm.spark.RunSetup;
import org.sparknorm.tensor.Shape;
import org.sparknorm.train.TrainingState;

/**
 * A finished run, as far as inference needs it.
 *
 * @param classNames empty where the run does not know them
 */
record TrainedModel(RunFolder folder, RunConfig config, List<String> classNames, Configuration hadoop) {
    static final String WEIGHTS = "weights";
    static final String STATISTICS = "statistics";
    private static final String POPULATION = "population";
    private static final List<String> STATISTICS_KINDS = List.of("running", POPULATION);

    /** @param assignments over the run's own configuration */
    static TrainedModel of(String run, List<String> assignments, Configuration hadoop) throws IOException {
        RunFolder folder = RunFolder.of(run, hadoop);
        ConfigFiles.Source written = ConfigFiles.ofText(folder.readConfiguration());
        RunConfig config =
                RunConfiguration.of(written, run, assignments, hadoop).run();
        return new TrainedModel(folder, config, folder.readClassNames(), hadoop);
    }

    /**
     * The examples of a split, with labels as the model numbers them.
     *
     * @throws RefusedException if there are none, or their classes are not the model's
     */
    DataSource examples(Split split) {
        DataSource source = DataSource.of(config.data(), split, hadoop);
        if (source == null) {
            throw new RefusedException(folder + " has no validation examples", "give data.validation=PATH");
        }
        source = source.withClasses(classNames);
        Preparation.checkLabels(source, setup(source).classes());
        Preparation.checkClassNames(classNames, source);
        return source;
    }

    /**
     * The network, made without the data where their format and size tell the shape of an example.
     *
     * @throws RefusedException if the data are needed and are not there
     */
    Network network() {
        Shape shape = DataSource.knownShape(config.data());
        int classes = config.model().classes().or(0);
        if (shape != null && classes > 0) {
            // Whether examples are image files is nothing to the network.
            return Preparation.network(new RunSetup(config.model(), config.data(), shape, ExampleForm.PIXELS, classes));
        }
        return Preparation.network(setup(training()));
    }

    private DataSource training() {
        try {
            return DataSource.of(config.data(), Split.TRAIN, hadoop);
        } catch (RefusedException e) {
            throw new RefusedException(
                    "the data alone say of what size their images are: " + e.getMessage(),
                    "or give data.size=PIXELS, if they are square");
        }
    }

    /** What makes the network for a source's examples; the model knows its classes, where it was trained with names. */
    RunSetup setup(DataSource source) {
        int classes = config.model().classes().or(source.description().classes());
        Preparation.checkInput(config.data(), source.description());
        DataSource.Description data = source.description();
        return new RunSetup(config.model(), config.data(), data.shape(), data.form(), classes);
    }

    /** @param weights another safetensors file, or null for the run's own */
    TrainingState state(RunSetup setup, String weights) throws IOException {
        Network network = Preparation.network(setup);
        return new TrainingState(network, read(network, weights), Optimizer.of(config.optimizer(), network), 0);
    }

    /** @param weights another safetensors file, or null for the run's own */
    ModelState read(Network network, String weights) {
        String file = weights == null ? folder.path(RunFolder.MODEL) : weights;
        return ModelFiles.read("weights", file, network, hadoop);
    }

    /** The file that {@code weights} or {@code statistics} name; null for the run's own. */
    String chosenWeights(OwnArguments given) throws IOException {
        String weights = given.own().get(WEIGHTS);
        if (!given.choice(STATISTICS, STATISTICS_KINDS).equals(POPULATION)) {
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
