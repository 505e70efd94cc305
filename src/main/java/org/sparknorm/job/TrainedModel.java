package org.sparknorm.job;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.RunSetup;
import org.sparknorm.train.TrainingState;

/**
 * A finished run, as far as inference needs it.
 *
 * @param classNames empty where the run does not know them
 */
record TrainedModel(RunFolder folder, RunConfig config, List<String> classNames, Configuration hadoop) {
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

    /** What makes the network for a source's examples; the model knows its classes, where it was trained with names. */
    RunSetup setup(DataSource source) {
        int classes = config.model().classes().or(source.description().classes());
        Preparation.checkInput(config.data(), source.description());
        DataSource.Description data = source.description();
        return new RunSetup(config.model(), config.data(), data.shape(), data.encoded(), classes);
    }

    /** @param weights another safetensors file, or null for the run's own */
    TrainingState state(RunSetup setup, String weights) throws IOException {
        Network network = Preparation.network(setup);
        String file = weights == null ? folder.path(RunFolder.MODEL) : weights;
        ModelState model = ModelFiles.read("weights", file, network, hadoop);
        return new TrainingState(network, model, Optimizer.of(config.optimizer(), network), 0);
    }
}
