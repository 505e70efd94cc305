package org.sparknorm.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;

/**
 * The configuration of a command: CONF, over it the {@code key=value}, with all paths made absolute.
 *
 * @param source for writing it down
 */
public record RunConfiguration(ConfigFiles.Source source, RunConfig run) {
    /** Stands before a CONF that the submitting side has read and sent along; then NAME, a colon, Base64 of the text. */
    public static final String INLINE = "inline:";

    private static final String RUNS = "runs/";

    /**
     * @param conf a path, local unless it has a scheme, or an inline configuration
     * @throws RefusedException if something in it cannot be used
     */
    public static RunConfiguration of(String conf, List<String> assignments, Configuration hadoop) {
        return of(read(conf, hadoop), name(conf), assignments, hadoop);
    }

    public static RunConfiguration of(
            ConfigFiles.Source base, String name, List<String> assignments, Configuration hadoop) {
        ConfigFiles.Source given = base.with(assignments);
        RunConfig run = given.toRunConfig();
        List<String> absolute = new ArrayList<>();
        makeAbsolute(absolute, "data.train", run.data().train().optional(), hadoop);
        makeAbsolute(absolute, "data.validation", run.data().validation().optional(), hadoop);
        makeAbsolute(absolute, "init-from", run.initialWeights(), hadoop);
        makeAbsolute(absolute, "resume", run.checkpointPath(), hadoop);
        makeAbsolute(absolute, "output", Optional.of(run.output().optional().orElse(RUNS + name)), hadoop);
        ConfigFiles.Source source = given.with(absolute);
        return new RunConfiguration(source, source.toRunConfig());
    }

    /** With the number of classes that the data showed. */
    RunConfiguration withClasses(int classes) {
        ConfigFiles.Source known = source.with(List.of("model.classes=" + classes));
        return new RunConfiguration(known, known.toRunConfig());
    }

    public static ConfigFiles.Source read(String conf, Configuration hadoop) {
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

    /** {@code conf/mnist-bn.conf} → {@code mnist-bn}. */
    public static String name(String conf) {
        if (conf.startsWith(INLINE)) {
            return conf.substring(INLINE.length(), conf.lastIndexOf(':'));
        }
        String file = conf.substring(conf.lastIndexOf('/') + 1);
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    private static void makeAbsolute(
            List<String> assignments, String key, Optional<String> value, Configuration hadoop) {
        value.ifPresent(path -> assignments.add(key + "=" + absolute(key, path, hadoop)));
    }

    public static String absolute(String key, String path, Configuration hadoop) {
        try {
            Path hadoopPath = new Path(path);
            return hadoopPath.getFileSystem(hadoop).makeQualified(hadoopPath).toString();
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(key + " = " + path + " is no path: " + e.getMessage(), "check it");
        }
    }
}
