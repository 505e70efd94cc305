package org.sparknorm.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;

/**
 * Reads the argument CONF of a command. It is the path of a configuration, local unless it has a scheme, or the
 * configuration itself, which {@code jobs/submit} has read in cluster mode.
 */
public final class ConfArgument {
    /** The beginning of a configuration that is sent itself; NAME, a colon and the text in Base64 follow. */
    private static final String INLINE = "inline:";

    private ConfArgument() {}

    /**
     * Returns the resolved configuration of a run, with absolute paths.
     *
     * @param assignments {@code key=value}, which replace values of CONF
     * @throws RefusedException if the configuration cannot be read, or a key or a path in it is invalid
     */
    public static ConfigSource resolve(String conf, List<String> assignments, Configuration hadoop) {
        return AbsolutePaths.in(read(conf, hadoop).with(assignments), name(conf), hadoop);
    }

    /** @throws RefusedException if there is no such file, or it is not HOCON */
    public static ConfigSource read(String conf, Configuration hadoop) {
        if (conf.startsWith(INLINE)) {
            String text = conf.substring(conf.lastIndexOf(':') + 1);
            return ConfigFiles.ofText(new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8));
        }
        if (!conf.contains("://") && !conf.startsWith("file:")) {
            return ConfigFiles.ofFile(new File(conf));
        }
        Path path = new Path(conf);
        try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
            return ConfigFiles.ofText(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new RefusedException("no configuration " + conf + " can be read", "check the path");
        }
    }

    /** Returns the argument that contains a resolved configuration itself, under the name of the CONF that was read. */
    public static String inline(String conf, ConfigSource resolved) {
        byte[] text = resolved.text().getBytes(StandardCharsets.UTF_8);
        return INLINE + name(conf) + ":" + Base64.getEncoder().encodeToString(text);
    }

    /** Returns the name of a configuration: {@code conf/mnist-bn.conf} → {@code mnist-bn}. */
    public static String name(String conf) {
        if (conf.startsWith(INLINE)) {
            return conf.substring(INLINE.length(), conf.lastIndexOf(':'));
        }
        String file = conf.substring(conf.lastIndexOf('/') + 1);
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }
}
