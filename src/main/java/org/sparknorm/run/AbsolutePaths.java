package org.sparknorm.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;

/** Makes relative paths absolute, with Hadoop's default file system and the working directory of the command. */
public final class AbsolutePaths {
    private static final String OUTPUT = "output";
    private static final String RUNS = "runs/";
    private static final List<String> KEYS = List.of("data.train", "data.validation", "init-from", "resume", OUTPUT);
    /** The words that are allowed in place of a path. */
    private static final Map<String, Set<String>> WORDS =
            Map.of("init-from", Set.of(RunConfig.NO_PATH), "resume", Set.of(RunConfig.NO_PATH, RunConfig.LATEST));

    private AbsolutePaths() {}

    /**
     * Returns the resolved configuration with absolute paths.
     *
     * @param name name of the folder of the run below {@code runs/} if no output is set
     */
    public static ConfigSource in(ConfigSource given, String name, Configuration hadoop) {
        ConfigSource resolved = given.resolved();
        List<String> absolute = new ArrayList<>();
        for (String key : KEYS) {
            resolved.text(key)
                    .or(() -> key.equals(OUTPUT) ? Optional.of(RUNS + name) : Optional.empty())
                    .filter(path -> !WORDS.getOrDefault(key, Set.of()).contains(path))
                    .ifPresent(path -> absolute.add(key + "=" + of(key, path, hadoop)));
        }
        return resolved.with(absolute);
    }

    /** @throws RefusedException if the value of the key is not a path */
    public static String of(String key, String path, Configuration hadoop) {
        try {
            Path hadoopPath = new Path(path);
            return hadoopPath.getFileSystem(hadoop).makeQualified(hadoopPath).toString();
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(key + " = " + path + " is no path: " + e.getMessage(), "check it");
        }
    }
}
