package org.sparknorm.spark;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Checks what several machines have written to one folder. */
public final class SharedOutput {
    private static final Pattern PATTERN_LETTER = Pattern.compile("[\\[\\]{}*?\\\\]");

    private SharedOutput() {}

    /** Returns a path as Spark's readers need it: they take brackets, braces, stars and question marks for patterns. */
    public static String literal(String path) {
        return PATTERN_LETTER.matcher(path).replaceAll("\\\\$0");
    }

    /**
     * Counts the rows. Spark reports success even if each machine has a disk of its own under the path, so that the
     * driver sees only its own part.
     *
     * @throws IOException if rows are missing
     */
    public static void check(Dataset<Row> written, long expected) throws IOException {
        long found = written.count();
        if (found != expected) {
            throw new IOException("only " + found + " of " + expected
                    + " rows are in the output: it is not where all machines see it");
        }
    }
}
