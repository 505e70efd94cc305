package org.sparknorm.report;

import java.util.List;

/** Builds an HTML page of tables and charts that needs no network, no script and no second file. */
public final class ReportPage {
    private static final String STYLE = """
        body { font: 15px/1.5 sans-serif; color: var(--ink); background: var(--paper); max-width: 1360px; margin: 2em auto;
          padding: 0 1em; }
        h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30em), 1fr)); gap: 1.5em; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; } th, td { padding: 0.25em 0.8em; text-align: right; white-space: nowrap;
          border-bottom: 1px solid var(--grid); } th:first-child, td:first-child { text-align: left; }
        @media print { body { max-width: none; margin: 0; } figure, table { break-inside: avoid; }
          .charts { grid-template-columns: 1fr 1fr; } }
        figure { margin: 0; }
        """;

    private final StringBuilder body = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final String title;

    public ReportPage(String title) {
        this.title = title;
        body.append("<h1>").append(SvgChart.escape(title)).append("</h1>\n");
    }

    /** Adds a table whose first column names its rows. */
    public void table(String heading, List<String> columns, List<List<String>> rows) {
        heading(heading);
        TextTable.append(text, heading, columns, rows);
        body.append("<div class=\"scroll\"><table>\n");
        row("th", columns);
        rows.forEach(row -> row("td", row));
        body.append("</table></div>\n");
    }

    private void row(String element, List<String> cells) {
        body.append("<tr>");
        for (String cell : cells) {
            body.append('<').append(element).append('>').append(SvgChart.escape(cell));
            body.append("</").append(element).append('>');
        }
        body.append("</tr>\n");
    }

    /** Adds charts, as many next to each other as the page is wide. */
    public void charts(String heading, List<Chart> charts) {
        heading(heading);
        body.append("<div class=\"charts\">\n");
        charts.forEach(
                chart -> body.append("<figure>\n").append(SvgChart.draw(chart)).append("</figure>\n"));
        body.append("</div>\n");
    }

    private void heading(String heading) {
        body.append("<h2>").append(SvgChart.escape(heading)).append("</h2>\n");
    }

    /** The tables alone, as text for a terminal. */
    public String text() {
        return text.toString();
    }

    public String html() {
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="UTF-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>%s</title>
            <style>
            %s%s</style>
            </head>
            <body>
            %s</body>
            </html>
            """.formatted(SvgChart.escape(title), SvgChart.STYLE, STYLE, body);
    }
}
