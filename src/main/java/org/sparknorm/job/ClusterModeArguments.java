package org.sparknorm.job;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.RunConfiguration;

/**
 * Run by {@code jobs/submit} on the submitting side for {@code --deploy-mode cluster}, where the driver sees neither the
 * configuration file nor the directory in which the command was typed: prints the command's arguments, one a line, with the
 * configuration itself in place of its path and all paths absolute.
 */
final class ClusterModeArguments {
    /** Keys of commands and configurations whose values are paths. */
    private static final Set<String> PATHS =
            Set.of("input", "output", "weights", "data.train", "data.validation", "init-from");

    /** Commands whose first argument is a configuration, and which keys are not those of one. */
    private static final Map<String, Set<String>> OWN_KEYS_OF_CONFIGURED =
            Map.of("train", Set.of(), "check", Set.of(), "verify", VerifyCommand.OWN_KEYS);

    /** Commands whose first argument is the folder of a run. */
    private static final Set<String> OF_A_RUN = Set.of("evaluate", "population", "predict", "export");

    /** Commands whose arguments are all folders of runs, but for key=value. */
    private static final Set<String> OF_RUNS = Set.of("ensemble", "report");

    private ClusterModeArguments() {}

    public static void main(String[] arguments) {
        try {
            Configuration hadoop = new Configuration();
            List<String> rest = List.of(arguments).subList(2, arguments.length);
            System.out.println(arguments[0]);
            if (OWN_KEYS_OF_CONFIGURED.containsKey(arguments[0])) {
                CommandArguments given = CommandArguments.split(rest, OWN_KEYS_OF_CONFIGURED.get(arguments[0]));
                System.out.println(inline(arguments[1], given.assignments(), hadoop));
                given.own().forEach((key, value) -> System.out.println(key + "=" + value));
                return;
            }
            if (arguments[0].equals("sweep")) {
                sweep(arguments[1], rest, hadoop);
                return;
            }
            boolean isRun = OF_A_RUN.contains(arguments[0]) || OF_RUNS.contains(arguments[0]);
            for (String argument : List.of(arguments).subList(1, arguments.length)) {
                System.out.println(
                        isRun && argument.indexOf('=') < 0
                                ? RunConfiguration.absolute("RUN", argument, hadoop)
                                : absolute(argument, hadoop));
                isRun = OF_RUNS.contains(arguments[0]);
            }
        } catch (RefusedException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(ExitCode.REFUSED);
        }
    }

    private static void sweep(String conf, List<String> rest, Configuration hadoop) {
        CommandArguments given = CommandArguments.split(rest, SweepCommand.OWN_KEYS);
        List<String> fixed = SweepPlan.fixed(given.assignments());
        System.out.println(inline(conf, fixed, hadoop));
        given.assignments().stream()
                .filter(assignment -> !fixed.contains(assignment))
                .forEach(System.out::println);
        given.own().forEach((key, value) -> System.out.println(absolute(key + "=" + value, hadoop)));
        if (!given.own().containsKey(SweepCommand.OUTPUT)) {
            System.out.println(absolute(SweepCommand.OUTPUT + "=" + SweepCommand.defaultOutput(conf), hadoop));
        }
    }

    /** The path in {@code key=path}, if it is one. */
    static String absolute(String argument, Configuration hadoop) {
        int equals = argument.indexOf('=');
        if (equals < 0 || !PATHS.contains(argument.substring(0, equals))) {
            return argument;
        }
        String key = argument.substring(0, equals);
        return key + "=" + RunConfiguration.absolute(key, argument.substring(equals + 1), hadoop);
    }

    static String inline(String conf, List<String> assignments, Configuration hadoop) {
        ConfigFiles.Source source =
                RunConfiguration.of(conf, assignments, hadoop).source();
        String text = Base64.getEncoder().encodeToString(source.resolvedText().getBytes(StandardCharsets.UTF_8));
        return RunConfiguration.INLINE + RunConfiguration.name(conf) + ":" + text;
    }
}
