package org.sparknorm.job;

import java.util.List;
import java.util.Locale;

/** Writes precision, recall and confusion matrix as text. */
final class ClassTable {
    /** The largest number of classes for which the confusion matrix fits on a screen. */
    private static final int MOST_COLUMNS = 20;

    private static final int NAME_WIDTH = 24;

    private ClassTable() {}

    /** @param names names in the order of the class numbers; empty if they are not known */
    static String of(ClassMetrics metrics, List<String> names) {
        StringBuilder text = new StringBuilder();
        boolean withMatrix = metrics.rows().size() <= MOST_COLUMNS;
        line(text, "class", "examples", "precision", "recall");
        if (withMatrix) {
            text.append("   predicted as");
            metrics.rows().forEach(row -> text.append(String.format(Locale.ROOT, " %5d", row.label())));
        }
        text.append(System.lineSeparator());
        for (ClassMetrics.Row row : metrics.rows()) {
            long examples = 0;
            for (long count : row.predicted()) {
                examples += count;
            }
            line(
                    text,
                    name(row.label(), names),
                    Long.toString(examples),
                    String.format(Locale.ROOT, "%.4f", row.precision()),
                    Double.isNaN(row.recall()) ? "-" : String.format(Locale.ROOT, "%.4f", row.recall()));
            if (withMatrix) {
                text.append(" ".repeat("   predicted as".length()));
                for (long count : row.predicted()) {
                    text.append(String.format(Locale.ROOT, " %5d", count));
                }
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private static String name(int label, List<String> names) {
        String name = label < names.size() ? label + " " + names.get(label) : Integer.toString(label);
        return name.length() > NAME_WIDTH ? name.substring(0, NAME_WIDTH - 1) + "…" : name;
    }

    private static void line(StringBuilder text, String name, String examples, String precision, String recall) {
        text.append(String.format("%-" + NAME_WIDTH + "s %9s %10s %8s", name, examples, precision, recall));
    }
}
