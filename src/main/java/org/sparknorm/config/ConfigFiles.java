package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import com.typesafe.config.ConfigValue;
import java.io.File;

/** Reads configurations, with the files that they include, from files and texts. */
public final class ConfigFiles {
    private ConfigFiles() {}

    /**
     * Reads a file with its includes. If an included file sets steps and this one sets epochs, or the reverse, this one
     * wins.
     *
     * @throws RefusedException if the file or one that it includes is missing or is not HOCON
     */
    public static ConfigSource ofFile(File file) {
        return ConfigErrors.refusing(() -> {
            Config config = parse(file);
            if (config.hasPathOrNull(Assignments.STEPS) && config.hasPathOrNull(Assignments.EPOCHS)) {
                boolean stepsHere = isFrom(file, config.getValue(Assignments.STEPS));
                boolean epochsHere = isFrom(file, config.getValue(Assignments.EPOCHS));
                if (stepsHere != epochsHere) {
                    config = config.withoutPath(stepsHere ? Assignments.EPOCHS : Assignments.STEPS);
                }
            }
            return new ConfigSource(config);
        });
    }

    /** @throws RefusedException if the text is not HOCON */
    public static ConfigSource ofText(String text) {
        return ConfigErrors.refusing(() -> new ConfigSource(ConfigFactory.parseString(text, strict())));
    }

    /** Reads a configuration inside the jar, from the folder of the defaults. */
    public static ConfigSource ofResource(String name) {
        return new ConfigSource(ConfigFactory.parseResources(
                ConfigFiles.class.getClassLoader(),
                "org/sparknorm/config/" + name,
                ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    private static Config parse(File file) {
        try {
            return ConfigFactory.parseFile(file, strict());
        } catch (ConfigException.IO e) {
            throw new RefusedException(
                    "no configuration " + file + " can be read: " + FirstLine.of(e), "check the path");
        }
    }

    private static boolean isFrom(File file, ConfigValue value) {
        String origin = value.origin().filename();
        return origin != null && new File(origin).getAbsoluteFile().equals(file.getAbsoluteFile());
    }

    private static ConfigParseOptions strict() {
        return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new StrictIncluder());
    }

    /** Fails if an included file is missing; the includer of the library ignores it. */
    private static final class StrictIncluder implements ConfigIncluder {
        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            ConfigParseable included = context.relativeTo(what);
            if (included == null) {
                throw new ConfigException.Generic("include \"" + what + "\" has no place to start from");
            }
            return included.parse(strict());
        }
    }
}
