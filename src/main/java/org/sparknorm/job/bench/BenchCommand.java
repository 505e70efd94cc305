package org.sparknorm.job.bench;

import picocli.CommandLine.Command;

/** {@code bench step|network|endpoint|cost|model} groups the commands that measure. */
@Command(
        name = "bench",
        description = "Measures what a step costs.",
        synopsisSubcommandLabel = "step|network|endpoint|cost|model",
        subcommands = {BenchStep.class, BenchNetwork.class, BenchEndpoint.class, BenchCost.class, BenchModel.class})
public final class BenchCommand {}
