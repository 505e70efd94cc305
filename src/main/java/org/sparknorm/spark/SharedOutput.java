package org.sparknorm.spark;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What several machines have written to one folder. */
public final class SharedOutput {
    private SharedOutput() {}

    /**
     * Spark takes it for written even if each machine has its own disk under the path, and the driver sees its own part
     * alone.
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
