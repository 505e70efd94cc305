package org.sparknorm.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code population RUN [batches=100]} computes the statistics of the norms over training batches at the final weights
 * (Ioffe and Szegedy 2015, algorithm 2): the mean of the batches' means, and of their variances times m/(m − 1), both
 * weighted by the numbers of values m. For switchable norms it is the batch average of Luo et al. 2018, section 3.1.
 *
 * <p>Then it evaluates the validation examples three times: as in training, each batch with its own statistics; with
 * the running averages; and with the computed statistics. The model of the run is not changed.
 */
@Command(
        name = "population",
        description = "Takes the statistics of the norms over training batches, and compares.",
        footerHeading = "%nArguments:%n",
        footer = {"  batches=N   of the training examples (100)"})
final class PopulationCommand implements Callable<Integer> {
    private static final String BATCHES = "batches";
    private static final int DEFAULT_BATCHES = 100;
    private static final int STATISTICS_WIDTH = 20;

    @Mixin
    private RunParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given = CommandArguments.split(parameters.arguments(), Set.of(BATCHES));
        int batches = given.number(BATCHES, DEFAULT_BATCHES);
        TrainedModel model = TrainedModel.of(parameters.run(), given.assignments(), hadoop);
        RunPlan all = RunPlan.of(model.config(), hadoop);
        if (all.network().statistics().isEmpty()) {
            throw new RefusedException(
                    model.folder() + " has a model without batch statistics", "it has nothing to take them for");
        }
        TrainingState running = model.state(all.spec(), null);
        try (JavaSparkContext spark = SparkStart.context("sparknorm population", all.weightBytes())) {
            ClusterResources resources = SparkStart.resources(spark, model.config(), null);
            RunPlan plan = all.withoutBadImages(spark, new ArrayList<>(), System.out);
            RunPlan asTraining = asTraining(model, given, plan, hadoop);
            TrainingState population;
            try (SparkWorkers workers = new SparkWorkers(spark, model.config(), resources.partitions())) {
                plan.deal(Split.TRAIN, workers, resources);
                population = population(plan, workers, running, batches);
            }
            write(model.folder(), plan, population.model());
            System.out.printf(
                    "statistics of %d batches written to %s%n",
                    batches, model.folder().path(RunFolder.POPULATION));
            if (asTraining == null) {
                System.out.println("nothing to compare on: there is no batch of validation examples");
            } else {
                compare(spark, resources, asTraining, List.of(running, population));
            }
        }
        return 0;
    }

    private static TrainingState population(RunPlan plan, SparkWorkers workers, TrainingState running, int batches) {
        double[] sums = new double[plan.network().observationCount()];
        for (int batch = 1; batch <= batches; batch++) {
            double[] observed = workers.step(running, batch).observations();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += observed[i];
            }
        }
        ModelTensors model = running.model();
        return plan.state(new ModelTensors(model.weights(), plan.network().buffersOf(sums), model.batchesTracked()));
    }

    private static void write(RunFolder folder, RunPlan plan, ModelTensors model) throws IOException {
        List<Safetensors.Entry> tensors = model.entries(plan.network());
        folder.write(RunFolder.POPULATION, out -> Safetensors.write(out, tensors));
    }

    /** Returns a plan that trains on the validation examples as they are; null if they do not fill a batch. */
    private static RunPlan asTraining(TrainedModel model, CommandArguments given, RunPlan plan, Configuration hadoop)
            throws IOException {
        DataSource validation = plan.validation();
        if (validation == null
                || validation.description().count() < model.config().batchSize()) {
            return null;
        }
        List<String> assignments = new ArrayList<>(given.assignments());
        assignments.addAll(
                List.of("data.augment=none", "data.last-batch=drop", "model.dropout=0", "loss.label-smoothing=0"));
        return RunPlan.of(
                TrainedModel.of(model.folder().toString(), assignments, hadoop).config(), validation, validation);
    }

    /** @param states the states with the running averages and with the statistics of the population */
    private static void compare(
            JavaSparkContext spark, ClusterResources resources, RunPlan plan, List<TrainingState> states) {
        System.out.println();
        EvaluationTable table = new EvaluationTable(STATISTICS_WIDTH, false);
        table.printHeading("statistics");
        try (SparkWorkers workers = new SparkWorkers(spark, plan.config(), resources.partitions())) {
            plan.deal(Split.TRAIN, workers, resources);
            long examples = 0;
            double loss = 0;
            double correct = 0;
            for (long step = 1; step <= plan.settings().plan().stepsPerEpoch(); step++) {
                StepResult result = workers.step(states.get(0), step);
                examples += result.examples();
                loss += result.loss() * result.examples();
                correct += result.accuracy() * result.examples();
            }
            table.print("each batch's own", new Evaluation(examples, loss / examples, correct / examples, Double.NaN));
        }
        try (SparkWorkers workers = new SparkWorkers(spark, plan.config(), resources.partitions())) {
            plan.deal(Split.VALIDATION, workers, resources);
            table.print("running averages", workers.evaluate(states.get(0), Split.VALIDATION));
            table.print("population", workers.evaluate(states.get(1), Split.VALIDATION));
        }
    }
}
