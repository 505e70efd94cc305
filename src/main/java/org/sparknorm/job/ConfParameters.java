package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The parameters of a command that takes a configuration. */
final class ConfParameters {
    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = "Keys that replace those of CONF, and arguments of the command.")
    private List<String> arguments = new ArrayList<>();

    String conf() {
        return conf;
    }

    List<String> arguments() {
        return arguments;
    }
}
