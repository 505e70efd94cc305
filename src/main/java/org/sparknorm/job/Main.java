package org.sparknorm.job;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.logging.log4j.core.config.Configurator;
import org.sparknorm.config.FirstLine;
import org.sparknorm.config.RefusedException;
import org.sparknorm.job.bench.BenchCommand;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.Version;
import org.sparknorm.spark.SparkStoppedException;
import org.sparknorm.train.DivergedException;
import org.sparknorm.train.InterruptedRunException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The main class for {@code spark-submit}. Exit codes: 0 success, 1 failed, 2 refused, 3 diverged. */
@Command(
        name = "sparknorm",
        description = "Trains image classifiers with synchronized batch normalization on Apache Spark.",
        synopsisSubcommandLabel = "COMMAND [arguments] [key=value ...]",
        subcommands = {
            TrainCommand.class,
            SweepCommand.class,
            CheckCommand.class,
            VerifyCommand.class,
            EvaluateCommand.class,
            PopulationCommand.class,
            PredictCommand.class,
            EnsembleCommand.class,
            PackCommand.class,
            ReportCommand.class,
            ExportCommand.class,
            BenchCommand.class
        },
        versionProvider = Main.VersionProvider.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT)
public final class Main implements Runnable {
    private static final String DEBUG = "--debug";
    /** Its warnings are about libraries that are replaced here. The field prevents its garbage collection. */
    private static final Logger NETLIB = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder");

    @Option(names = DEBUG, scope = ScopeType.INHERIT, description = "Shows all of Spark's log, and stack traces.")
    private boolean debug;

    private Main() {}

    /** Gives the text of {@code --version}. */
    static final class VersionProvider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Sparknorm " + Version.text()};
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Returns the parser of all commands. */
    static CommandLine commands() {
        return new CommandLine(new Main());
    }

    /** Runs a command and returns the exit code. */
    public static int run(String... arguments) {
        CommandLine commands = commands();
        Main main = commands.getCommand();
        commands.setExecutionStrategy(parsed -> {
            setLogLevels(main.debug);
            return new CommandLine.RunLast().execute(parsed);
        });
        commands.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, main.debug));
        commands.setParameterExceptionHandler((failure, words) -> {
            System.err.println("error: " + FirstLine.of(failure) + "; "
                    + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help says what there is");
            return ExitCode.REFUSED;
        });
        return commands.execute(arguments);
    }

    private static int report(Exception failure, boolean debug) {
        if (debug) {
            failure.printStackTrace();
        }
        RefusedException refusal = RefusedException.in(failure);
        if (refusal != null) {
            System.err.println("error: " + FirstLine.of(refusal));
            return ExitCode.REFUSED;
        }
        if (failure instanceof InterruptedRunException) {
            return ExitCode.FAILED; // it was reported before; the JVM is ending with an exit code of its own
        }
        String message = FirstLine.of(failure);
        if (failure instanceof DivergedException) {
            System.err.println("error: " + message);
            return ExitCode.DIVERGED;
        }
        if (failure instanceof SparkStoppedException) {
            System.err.println("error: " + message + "; go on with resume=latest");
            return ExitCode.FAILED;
        }
        System.err.println("error: " + message + "; run it again with " + DEBUG + " after the command");
        return ExitCode.FAILED;
    }

    private static void setLogLevels(boolean everything) {
        if (everything) {
            Configurator.setRootLevel(org.apache.logging.log4j.Level.INFO);
            return;
        }
        Configurator.setRootLevel(org.apache.logging.log4j.Level.WARN);
        // It warns at every start that Hadoop has no native code, which nothing here needs.
        Configurator.setLevel("org.apache.hadoop.util.NativeCodeLoader", org.apache.logging.log4j.Level.ERROR);
        NETLIB.setLevel(Level.SEVERE);
        // Their stack traces repeat what the last line says; --debug shows them.
        Configurator.setLevel("org.apache.spark.executor.Executor", org.apache.logging.log4j.Level.OFF);
        Configurator.setLevel("org.apache.spark.scheduler.TaskSetManager", org.apache.logging.log4j.Level.ERROR);
        Configurator.setLevel(
                "org.apache.spark.sql.execution.datasources.FileFormatWriter", org.apache.logging.log4j.Level.OFF);
    }

    /** Lists the commands, if none is given. */
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
