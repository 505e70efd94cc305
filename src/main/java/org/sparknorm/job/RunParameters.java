package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The parameters of a command that takes a run. */
final class RunParameters {
    @Parameters(index = "0", paramLabel = "RUN", description = "Output folder of a run.")
    private String run;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = "Keys that replace those of the run's configuration, and arguments of the command.")
    private List<String> arguments = new ArrayList<>();

    String run() {
        return run;
    }

    List<String> arguments() {
        return arguments;
    }
}
