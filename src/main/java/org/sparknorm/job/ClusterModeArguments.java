package org.sparknorm.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.FirstLine;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.ExitCode;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Converts the arguments of a command for {@code --deploy-mode cluster}, where the driver sees neither the
 * configuration file nor the working directory of the command: the configuration itself takes the place of its path,
 * and all paths become absolute. {@code jobs/submit} runs this on the submitting machine and passes on what it prints,
 * one argument per line.
 */
final class ClusterModeArguments {
    /** Keys of commands and configurations whose values are paths. */
    private static final Set<String> PATHS =
            Set.of("input", "output", "weights", "data.train", "data.validation", "init-from");

    /** The keys that belong to a command and not to the configuration that it takes, by command. */
    private static final Map<String, Set<String>> OWN_KEYS =
            Map.of("verify", VerifyCommand.OWN_KEYS, "sweep", SweepCommand.OWN_KEYS);

    private static final String SWEEP = "sweep";

    private final List<String> arguments = new ArrayList<>();
    private final Configuration hadoop;

    private ClusterModeArguments(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    public static void main(String[] typed) {
        try {
            of(new Configuration(), typed).forEach(System.out::println);
        } catch (RefusedException | ParameterException e) {
            System.err.println("error: " + FirstLine.of(e));
            System.exit(ExitCode.REFUSED);
        }
    }

    /** @throws RefusedException if the configuration cannot be read, or a path is invalid */
    static List<String> of(Configuration hadoop, String... typed) {
        ParseResult parsed = Main.commands().parseArgs(typed);
        ClusterModeArguments sent = new ClusterModeArguments(hadoop);
        while (parsed.hasSubcommand()) {
            sent.addOptions(parsed);
            parsed = parsed.subcommand();
            sent.arguments.add(parsed.commandSpec().name());
        }
        sent.addOptions(parsed);
        if (!parsed.matchedPositionals().isEmpty()) {
            sent.addParameters(parsed);
        }
        return sent.arguments;
    }

    private void addOptions(ParseResult parsed) {
        for (OptionSpec option : parsed.matchedOptions()) {
            arguments.add(option.longestName());
            if (option.arity().max() > 0) {
                arguments.addAll(option.originalStringValues());
            }
        }
    }

    private void addParameters(ParseResult parsed) {
        String label = parsed.matchedPositionals().get(0).paramLabel();
        List<String> values = new ArrayList<>();
        // A parameter with several values is in the list once per value.
        new LinkedHashSet<>(parsed.matchedPositionals())
                .forEach(parameter -> values.addAll(parameter.originalStringValues()));
        String first = values.get(0);
        if (label.contains("CONF") && !first.contains("=")) {
            addConfiguration(parsed.commandSpec().name(), first, values.subList(1, values.size()));
            return;
        }
        for (String value : values) {
            boolean isRun = label.contains("RUN") && !value.contains("=");
            arguments.add(isRun ? AbsolutePaths.of("RUN", value, hadoop) : absolute(value));
        }
    }

    private void addConfiguration(String command, String conf, List<String> assignments) {
        CommandArguments given = CommandArguments.split(assignments, OWN_KEYS.getOrDefault(command, Set.of()));
        List<String> fixed = command.equals(SWEEP) ? SweepPlan.fixed(given.assignments()) : given.assignments();
        arguments.add(ConfArgument.inline(conf, ConfArgument.resolve(conf, fixed, hadoop)));
        given.assignments().stream()
                .filter(assignment -> !fixed.contains(assignment))
                .forEach(arguments::add);
        given.own().forEach((key, value) -> arguments.add(absolute(key + "=" + value)));
        if (command.equals(SWEEP) && !given.own().containsKey(SweepCommand.OUTPUT)) {
            arguments.add(absolute(SweepCommand.OUTPUT + "=" + SweepCommand.defaultOutput(conf)));
        }
    }

    /** Makes the value of {@code key=path} absolute if the key is that of a path. */
    private String absolute(String argument) {
        int equals = argument.indexOf('=');
        if (equals < 0 || !PATHS.contains(argument.substring(0, equals))) {
            return argument;
        }
        String key = argument.substring(0, equals);
        return key + "=" + AbsolutePaths.of(key, argument.substring(equals + 1), hadoop);
    }
}
