package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads a configuration: the defaults of {@code reference.conf}, over them a file with its includes, over that the
 * {@code key=value} of the command line, the later of two winning. {@code steps} replaces {@code epochs} and back.
 */
public final class ConfigFiles {
    private static final String DEFAULTS = "org/sparknorm/config/reference.conf";
    private static final String STEPS = "steps";
    private static final String EPOCHS = "epochs";
    private static final String NONE = "none";
    /** Each that leads back to itself doubles what the library takes to resolve them. */
    private static final int MOST_SUBSTITUTIONS = 12;

    private static final ConfigSchema SCHEMA = new ConfigSchema();

    private ConfigFiles() {}

    /** A configuration as the library has it, before it is made into a {@link RunConfig}. */
    public record Source(Config config) {
        /** With other values for some keys. */
        public Source with(List<String> assignments) {
            return guarded(() -> {
                Config result = config;
                for (String assignment : assignments) {
                    result = assign(result, assignment);
                }
                return new Source(result);
            });
        }

        /** The text from which {@link #ofText} makes the same configuration again. */
        public String text() {
            return config.root()
                    .render(ConfigRenderOptions.defaults()
                            .setOriginComments(false)
                            .setComments(false)
                            .setJson(false));
        }

        /**
         * The checked configuration.
         *
         * @throws RefusedException naming the first key that is unknown, has the wrong type or breaks a rule
         */
        public RunConfig toRunConfig() {
            Config complete = resolved();
            RunConfig run = new ConfigBinder(complete).bind(RunConfig.class, "");
            ConfigRules.check(run);
            return run;
        }

        /** All keys with their values, defaults included, as text. */
        public String resolvedText() {
            return new Source(resolved()).text();
        }

        private Config resolved() {
            return guarded(() -> {
                checkSubstitutions(config);
                Config complete = withoutNone(config.withFallback(defaults()).resolve());
                checkKeys(complete.root(), "");
                return complete;
            });
        }
    }

    /**
     * A file with its includes. Where an included file sets steps and this one epochs, or the reverse, this one's counts.
     *
     * @throws RefusedException if the file or one that it includes is not there or is no HOCON
     */
    public static Source ofFile(File file) {
        return guarded(() -> {
            Config config = parse(file);
            if (config.hasPathOrNull(STEPS) && config.hasPathOrNull(EPOCHS)) {
                boolean stepsHere = isFrom(file, config.getValue(STEPS));
                boolean epochsHere = isFrom(file, config.getValue(EPOCHS));
                if (stepsHere != epochsHere) {
                    config = config.withoutPath(stepsHere ? EPOCHS : STEPS);
                }
            }
            return new Source(config);
        });
    }

    private static Config parse(File file) {
        try {
            return ConfigFactory.parseFile(file, strict());
        } catch (ConfigException.IO e) {
            throw new RefusedException("no configuration " + file + " can be read: " + firstLine(e), "check the path");
        }
    }

    private static boolean isFrom(File file, ConfigValue value) {
        String origin = value.origin().filename();
        return origin != null && new File(origin).getAbsoluteFile().equals(file.getAbsoluteFile());
    }

    private static ConfigParseOptions strict() {
        return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new StrictIncluder());
    }

    /** Unlike the library's own, does not pass over a file that is not there. */
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

    /** @throws RefusedException if the text is no HOCON */
    public static Source ofText(String text) {
        return guarded(() -> new Source(ConfigFactory.parseString(text, strict())));
    }

    /** A configuration inside the jar, beside the defaults. */
    public static Source ofResource(String name) {
        return new Source(ConfigFactory.parseResources(
                ConfigFiles.class.getClassLoader(),
                "org/sparknorm/config/" + name,
                ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    private static Config defaults() {
        return ConfigFactory.parseResources(ConfigFiles.class.getClassLoader(), DEFAULTS);
    }

    /** With the defaults, which do nothing, for each section in whose place {@code none} stands. */
    private static Config withoutNone(Config config) {
        Config result = config;
        for (String section : SCHEMA.sectionsOrNone()) {
            boolean isNone = config.hasPath(section)
                    && config.getValue(section).unwrapped().equals(NONE);
            if (isNone) {
                result = result.withValue(section, defaults().getValue(section));
            }
        }
        return result;
    }

    private static Config assign(Config config, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new RefusedException("argument " + assignment + " is not key=value", "write key=value");
        }
        String key = assignment.substring(0, equals);
        String value = assignment.substring(equals + 1);
        if (value.equals(NONE) && SCHEMA.sectionsOrNone().contains(key)) {
            return config.withValue(key, ConfigValueFactory.fromAnyRef(NONE, "command line"));
        }
        if (SCHEMA.isSectionPath(key)) {
            throw new RefusedException(
                    assignment + " sets a whole section", "set its keys one by one, as " + key + ".KEY=VALUE");
        }
        if (!SCHEMA.isKnown(key)) {
            throw unknown(key, "the command line");
        }
        Config without = switch (key) {
            case STEPS -> config.withoutPath(EPOCHS);
            case EPOCHS -> config.withoutPath(STEPS);
            default -> config;
        };
        ConfigValue parsed = parse(key, value);
        try {
            return without.withValue(key, parsed);
        } catch (ConfigException.NotResolved e) {
            // The section is a substitution: the value stands over it, since it cannot stand in it.
            return parsed.atPath(key).withFallback(without);
        }
    }

    private static ConfigValue parse(String key, String value) {
        if (SCHEMA.isText(key)) {
            return ConfigValueFactory.fromAnyRef(value, "command line");
        }
        try {
            ConfigObject parsed = ConfigFactory.parseString("value = " + value).root();
            // A comma or a line break would begin a second key.
            if (parsed.size() == 1) {
                return parsed.get("value").withOrigin(ConfigOriginFactory.newSimple("command line"));
            }
        } catch (ConfigException e) {
            // Told below.
        }
        throw new RefusedException(key + " = " + value + " (command line) is no value", "correct the value");
    }

    private static void checkSubstitutions(Config config) {
        String text = config.root().render(ConfigRenderOptions.concise());
        int substitutions = text.split("\\$\\{", -1).length - 1;
        if (substitutions > MOST_SUBSTITUTIONS) {
            throw new RefusedException(
                    "the configuration has " + substitutions + " substitutions and +=",
                    "write values out until there are at most " + MOST_SUBSTITUTIONS);
        }
    }

    private static void checkKeys(ConfigObject object, String prefix) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            // A quoted key may hold a dot, and is then not the key of that path.
            String path = prefix + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            if (SCHEMA.isKnown(path)) {
                continue;
            }
            if (!SCHEMA.isSectionPath(path)) {
                throw unknown(path, value.origin().description());
            }
            if (value.valueType() != ConfigValueType.OBJECT) {
                throw new RefusedException(
                        path + " = " + value.unwrapped() + " (" + value.origin().description() + ") is not a section",
                        "write " + path + " { ... }"
                                + (SCHEMA.sectionsOrNone().contains(path) ? " or " + path + " = " + NONE : ""));
            }
            checkKeys((ConfigObject) value, path + ".");
        }
    }

    private static RefusedException unknown(String key, String where) {
        return new RefusedException(
                "unknown key " + key + " (" + where + ")", "the nearest known key is " + SCHEMA.nearest(key));
    }

    private static String firstLine(ConfigException e) {
        return e.getMessage().lines().findFirst().orElse("");
    }

    /** What the library cannot do with the user's text is the text's fault. */
    private static <T> T guarded(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ConfigException e) {
            throw unreadable(firstLine(e));
        } catch (StackOverflowError e) {
            // The library descends by recursion, without a limit of its own.
            throw unreadable("it is nested too deeply");
        }
    }

    private static RefusedException unreadable(String why) {
        return new RefusedException("the configuration cannot be read: " + why, "correct its syntax");
    }
}
