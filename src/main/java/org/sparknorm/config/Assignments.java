package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;

/**
 * Applies {@code key=value} assignments of the command line to a configuration. The value of a text key is all that
 * follows the first {@code =}, taken literally; other values are read as HOCON. {@code steps} replaces {@code epochs}
 * and the reverse.
 */
final class Assignments {
    static final String STEPS = "steps";
    static final String EPOCHS = "epochs";
    private static final String ORIGIN = "command line";

    private Assignments() {}

    static Config assign(Config config, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new RefusedException("argument " + assignment + " is not key=value", "write key=value");
        }
        String key = assignment.substring(0, equals);
        String value = assignment.substring(equals + 1);
        if (value.equals(ConfigResolver.NONE)
                && ConfigSchema.RUN.sectionsOrNone().contains(key)) {
            return config.withValue(key, ConfigValueFactory.fromAnyRef(value, ORIGIN));
        }
        if (ConfigSchema.RUN.isSectionPath(key)) {
            throw new RefusedException(
                    assignment + " sets a whole section", "set its keys one by one, as " + key + ".KEY=VALUE");
        }
        if (!ConfigSchema.RUN.isKnown(key)) {
            throw ConfigErrors.unknownKey(key, "the command line");
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
            // The section is a substitution, in which no key can be set; so it is merged with the value.
            return parsed.atPath(key).withFallback(without);
        }
    }

    private static ConfigValue parse(String key, String value) {
        if (ConfigSchema.RUN.isText(key)) {
            return ConfigValueFactory.fromAnyRef(value, ORIGIN);
        }
        try {
            ConfigObject parsed = ConfigFactory.parseString("value = " + value).root();
            // A comma or a line break would begin a second key.
            if (parsed.size() == 1) {
                return parsed.get("value").withOrigin(ConfigOriginFactory.newSimple(ORIGIN));
            }
        } catch (ConfigException e) {
            // Refused below.
        }
        throw new RefusedException(key + " = " + value + " (" + ORIGIN + ") is no value", "correct the value");
    }
}
