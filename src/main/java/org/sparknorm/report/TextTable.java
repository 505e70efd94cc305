package org.sparknorm.report;

import java.util.List;

/** Writes a table for a font of fixed width. The first column is aligned left, the others right. */
final class TextTable {
    private static final String BETWEEN = "  ";

    private TextTable() {}

    static void append(StringBuilder out, String heading, List<String> columns, List<List<String>> rows) {
        int[] widths = columns.stream().mapToInt(String::length).toArray();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.append('\n').append(heading).append('\n');
        append(out, columns, widths);
        rows.forEach(row -> append(out, row, widths));
    }

    private static void append(StringBuilder out, List<String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - cells.get(i).length());
            boolean isLast = i == widths.length - 1;
            out.append(i == 0 ? "" : BETWEEN);
            out.append(i == 0 ? cells.get(i) + (isLast ? "" : padding) : padding + cells.get(i));
        }
        out.append('\n');
    }
}
