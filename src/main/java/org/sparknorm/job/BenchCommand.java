package org.sparknorm.job;

import picocli.CommandLine.Command;

/** {@code bench step|endpoint}: measurements. */
@Command(
        name = "bench",
        description = "Measures what a step costs.",
        synopsisSubcommandLabel = "step|endpoint",
        subcommands = {BenchStep.class, BenchEndpoint.class})
final class BenchCommand {}
