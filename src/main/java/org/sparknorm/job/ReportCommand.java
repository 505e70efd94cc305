package org.sparknorm.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.WholeFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.report.Chart;
import org.sparknorm.report.ReportPage;
import org.sparknorm.report.SvgChart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code report RUN... [output=report.html] [scale=linear|log] [accuracies=0.7,0.9]}: curves and tables, without Spark. */
@Command(name = "report", description = "Writes a page of curves and tables of one run or several.")
final class ReportCommand implements Callable<Integer> {
    private static final String OUTPUT = "output";
    private static final String SCALE = "scale";
    private static final String ACCURACIES = "accuracies";
    private static final String ENDING = ".html";

    @Parameters(
            index = "0..*",
            arity = "1..*",
            paramLabel = "RUN|key=value",
            description = {
                "Output folders of runs, and",
                "output=PATH  page to write (report.html), pictures beside it as PATH without .html, -, their name and .svg",
                "scale=linear|log  of losses (linear)",
                "accuracies=0.7,0.9  to which steps are counted (the best of the first run)"
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        OwnArguments given = OwnArguments.split(arguments, Set.of(OUTPUT, SCALE, ACCURACIES));
        boolean logarithmic = given.choice(SCALE, List.of("linear", "log")).equals("log");
        List<Double> accuracies = accuracies(given.own().get(ACCURACIES));
        String output = RunConfiguration.absolute(OUTPUT, given.own().getOrDefault(OUTPUT, "report" + ENDING), hadoop);
        if (!output.endsWith(ENDING)) {
            throw new RefusedException(OUTPUT + " = " + output + " is no page", "let it end with " + ENDING);
        }
        List<ReportedRun> runs = new ArrayList<>();
        for (String run : given.assignments()) {
            runs.add(ReportedRun.of(RunConfiguration.absolute("RUN", run, hadoop), hadoop));
        }
        if (runs.isEmpty()) {
            throw new RefusedException("no run is given", "name the output folders of runs");
        }
        ReportPage page = write(new Report(runs, logarithmic), accuracies, new Path(output), hadoop);
        System.out.print(page.text());
        System.out.println("report written to " + output);
        return 0;
    }

    /** The page, and a picture for each chart. */
    static ReportPage write(Report report, List<Double> accuracies, Path path, Configuration hadoop)
            throws IOException {
        List<Chart> charts = report.charts();
        WholeFiles files = WholeFiles.of(path, hadoop);
        FileSystem system = files.system();
        system.mkdirs(path.getParent());
        String stem = path.getName().substring(0, path.getName().length() - ENDING.length());
        for (Chart chart : charts) {
            Path picture = new Path(path.getParent(), stem + "-" + chart.file() + ".svg");
            files.write(picture, out -> out.write(SvgChart.file(chart).getBytes(StandardCharsets.UTF_8)));
        }
        ReportPage page = report.page(accuracies, charts);
        files.write(path, out -> out.write(page.html().getBytes(StandardCharsets.UTF_8)));
        return page;
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
