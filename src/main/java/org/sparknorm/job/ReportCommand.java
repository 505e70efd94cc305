package org.sparknorm.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RefusedException;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.files.Report;
import org.sparknorm.run.files.ReportFiles;
import org.sparknorm.run.files.RunHistory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code report RUN... [output=report.html] [scale=linear|log] [accuracies=0.7,0.9]} writes curves and tables, without
 * Spark.
 */
@Command(name = "report", description = "Writes a page of curves and tables of one run or several.")
public final class ReportCommand implements Callable<Integer> {
    private static final String OUTPUT = "output";
    private static final String SCALE = "scale";
    private static final String ACCURACIES = "accuracies";
    /** The largest number of parts of a path in the name of a run. */
    private static final int MOST_PARTS = 9;

    @Parameters(
            index = "0..*",
            arity = "1..*",
            paramLabel = "RUN|key=value",
            description = {
                "Output folders of runs, and",
                "output=PATH  page to write (report.html), pictures next to it as PATH without .html, -, their name and .svg",
                "scale=linear|log  of losses (linear)",
                "accuracies=0.7,0.9  to which steps are counted (the best of the first run)"
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given = CommandArguments.split(arguments, Set.of(OUTPUT, SCALE, ACCURACIES));
        boolean logarithmic = given.choice(SCALE, List.of("linear", "log")).equals("log");
        List<Double> accuracies = accuracies(given.own().get(ACCURACIES));
        String output =
                AbsolutePaths.of(OUTPUT, given.own().getOrDefault(OUTPUT, "report" + ReportFiles.ENDING), hadoop);
        if (!output.endsWith(ReportFiles.ENDING)) {
            throw new RefusedException(
                    OUTPUT + " = " + output + " is no page", "let it end with " + ReportFiles.ENDING);
        }
        List<String> folders = given.assignments().stream()
                .map(run -> AbsolutePaths.of("RUN", run, hadoop))
                .toList();
        List<String> names = names(folders);
        List<RunHistory> runs = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            runs.add(RunHistory.of(folders.get(i), hadoop).named(names.get(i)));
        }
        if (runs.isEmpty()) {
            throw new RefusedException("no run is given", "name the output folders of runs");
        }
        ReportPage page = ReportFiles.write(new Report(runs, logarithmic), accuracies, new Path(output), hadoop);
        System.out.print(page.text());
        System.out.println("report written to " + output);
        return 0;
    }

    /**
     * Returns the shortest ends of the paths, all of one length in parts, that differ from each other. They differ as
     * parts of the names of pictures, too, in which {@code /} becomes {@code -}.
     *
     * @throws RefusedException if a path is given twice, or there are no such ends
     */
    static List<String> names(List<String> folders) {
        Set<String> given = new HashSet<>();
        for (String folder : folders) {
            if (!given.add(folder)) {
                throw new RefusedException("the run " + folder + " is given twice", "name each run once");
            }
        }
        for (int parts = 1; parts <= MOST_PARTS; parts++) {
            Pattern end = Pattern.compile("[^/]+(/[^/]+){0," + (parts - 1) + "}$");
            List<String> names = folders.stream()
                    .map(folder -> end.matcher(folder)
                            .results()
                            .map(MatchResult::group)
                            .findFirst()
                            .orElse(folder))
                    .toList();
            if (names.stream().map(RunHistory::fileName).distinct().count() == folders.size()) {
                return names;
            }
        }
        throw new RefusedException(
                "pictures of two runs would have the same name",
                "rename the folder of one of them, or write a report of its own for it");
    }

    private static List<Double> accuracies(String given) {
        List<Double> accuracies = new ArrayList<>();
        if (given == null) {
            return accuracies;
        }
        for (String text : given.split(",", -1)) {
            try {
                double accuracy = Double.parseDouble(text.strip());
                if (accuracy > 0 && accuracy <= 1) {
                    accuracies.add(accuracy);
                    continue;
                }
            } catch (NumberFormatException e) {
                // refused below
            }
            throw new RefusedException(
                    ACCURACIES + " = " + given + " has " + text + ", which is no share", "write 0.7,0.9");
        }
        return accuracies;
    }
}
