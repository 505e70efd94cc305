package org.sparknorm.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.spark.Preparation;

/** Where the weights of a run come from. */
final class ModelFiles {
    private ModelFiles() {}

    /** The weights of the file that {@code init-from} names, or initial ones. */
    static ModelState initial(Preparation prepared, Configuration hadoop) {
        return prepared.config()
                .initialWeights()
                .map(path -> read("init-from", path, prepared.network(), hadoop))
                .orElseGet(prepared::initialModel);
    }

    /**
     * The weights and running statistics of a safetensors file.
     *
     * @param key what named it, for messages
     * @throws RefusedException if it is missing, damaged or of another model
     */
    static ModelState read(String key, String file, Network network, Configuration hadoop) {
        try {
            Path path = new Path(file);
            FileSystem files = path.getFileSystem(hadoop);
            long length = files.getFileStatus(path).getLen();
            try (FSDataInputStream in = files.open(path)) {
                return ModelState.of(network, Safetensors.read(in, length, file), file);
            }
        } catch (FileNotFoundException e) {
            throw new RefusedException(key + " = " + file + " is not there", "check the path");
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(key + " = " + file + " cannot be read: " + e.getMessage(), "check the path");
        }
    }
}
