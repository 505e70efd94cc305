package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A configuration as the library has it, before it is made into a {@link RunConfig}. */
public record ConfigSource(Config config) {
    private static final Set<ConfigValueType> TEXTS =
            Set.of(ConfigValueType.STRING, ConfigValueType.NUMBER, ConfigValueType.BOOLEAN);

    /** Returns a copy in which {@code key=value} assignments replace values. */
    public ConfigSource with(List<String> assignments) {
        return ConfigErrors.refusing(() -> {
            Config result = config;
            for (String assignment : assignments) {
                result = Assignments.assign(result, assignment);
            }
            return new ConfigSource(result);
        });
    }

    /**
     * Returns a copy in which all keys have values, from the defaults where need be, and nothing refers to something else.
     *
     * @throws RefusedException if a key is not known
     */
    public ConfigSource resolved() {
        return new ConfigSource(ConfigErrors.refusing(() -> ConfigResolver.resolve(config)));
    }

    /** The value of a key of a resolved configuration, if it is set and one text. */
    public Optional<String> text(String key) {
        if (!config.hasPath(key)) {
            return Optional.empty();
        }
        ConfigValue value = config.getValue(key);
        return TEXTS.contains(value.valueType()) ? Optional.of(value.unwrapped().toString()) : Optional.empty();
    }

    /** The text from which {@link ConfigFiles#ofText} makes the same configuration again. */
    public String text() {
        return config.root()
                .render(ConfigRenderOptions.defaults()
                        .setOriginComments(false)
                        .setComments(false)
                        .setJson(false));
    }

    /** All keys with their values, defaults included, as text. */
    public String resolvedText() {
        return resolved().text();
    }

    /**
     * Makes the checked configuration.
     *
     * @throws RefusedException naming the first key that is unknown, has the wrong type or breaks a rule
     */
    public RunConfig toRunConfig() {
        RunConfig run = new ConfigBinder(resolved().config()).bind(RunConfig.class, "");
        ConfigRules.check(run);
        return run;
    }
}
