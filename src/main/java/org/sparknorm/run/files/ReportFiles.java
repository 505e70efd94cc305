package org.sparknorm.run.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.report.Chart;
import org.sparknorm.report.ReportPage;
import org.sparknorm.report.SvgChart;

/** Writes a report: a page, and next to it a picture of each of its charts. */
public final class ReportFiles {
    /** The ending of the name of a page. */
    public static final String ENDING = ".html";

    private ReportFiles() {}

    /** Writes a picture of each chart, and then the page. */
    public static ReportPage write(Report report, List<Double> accuracies, Path path, Configuration hadoop)
            throws IOException {
        List<Chart> charts = report.charts();
        AtomicFiles files = AtomicFiles.of(path, hadoop);
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
}
