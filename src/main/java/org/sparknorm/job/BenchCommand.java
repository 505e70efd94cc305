package org.sparknorm.job;

import picocli.CommandLine.Command;

/** {@code bench step|network|endpoint}: measurements. */
@Command(
        name = "bench",
        description = "Measures what a step costs.",
        synopsisSubcommandLabel = "step|network|endpoint",
        subcommands = {BenchStep.class, BenchNetwork.class, BenchEndpoint.class})
final class BenchCommand {}
