package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;

/**
 * Completes a configuration with the defaults of {@code reference.conf}, resolves its substitutions and checks its
 * keys.
 */
final class ConfigResolver {
    /** The word that may be the value of some sections. */
    static final String NONE = "none";

    private static final String DEFAULTS = "org/sparknorm/config/reference.conf";
    /** Each substitution that leads back to itself doubles the time that the library takes to resolve them. */
    private static final int MOST_SUBSTITUTIONS = 12;

    private ConfigResolver() {}

    /** @throws RefusedException if a key is not known */
    static Config resolve(Config config) {
        checkSubstitutions(config);
        Config defaults = ConfigFactory.parseResources(ConfigResolver.class.getClassLoader(), DEFAULTS);
        Config complete = config.withFallback(defaults).resolve();
        for (String section : ConfigSchema.RUN.sectionsOrNone()) {
            if (complete.hasPath(section)
                    && complete.getValue(section).unwrapped().equals(NONE)) {
                complete = complete.withValue(section, defaults.getValue(section)); // its defaults do nothing
            }
        }
        checkKeys(complete.root(), "");
        return complete;
    }

    private static void checkSubstitutions(Config config) {
        String text = config.root().render(ConfigRenderOptions.concise());
        int substitutions = substitutions(text);
        if (substitutions > MOST_SUBSTITUTIONS) {
            throw new RefusedException(
                    "the configuration has " + substitutions + " substitutions and +=",
                    "write values out until there are at most " + MOST_SUBSTITUTIONS);
        }
    }

    /** Counts the substitutions in rendered HOCON; a quoted one is text. */
    private static int substitutions(String text) {
        int substitutions = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (quoted && letter == '\\') {
                i++; // what is escaped does not end the quotation
                continue;
            }
            quoted ^= letter == '"';
            if (!quoted && text.startsWith("${", i)) {
                substitutions++;
            }
        }
        return substitutions;
    }

    private static void checkKeys(ConfigObject object, String prefix) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            // A quoted key may contain a dot; it is then not the key of that path.
            String path = prefix + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            if (ConfigSchema.RUN.isKnown(path)) {
                continue;
            }
            if (!ConfigSchema.RUN.isSectionPath(path)) {
                throw ConfigErrors.unknownKey(path, value.origin().description());
            }
            if (value.valueType() != ConfigValueType.OBJECT) {
                boolean orNone = ConfigSchema.RUN.sectionsOrNone().contains(path);
                throw new RefusedException(
                        path + " = " + value.unwrapped() + " (" + value.origin().description() + ") is not a section",
                        "write " + path + " { ... }" + (orNone ? " or " + path + " = " + NONE : ""));
            }
            checkKeys((ConfigObject) value, path + ".");
        }
    }
}
