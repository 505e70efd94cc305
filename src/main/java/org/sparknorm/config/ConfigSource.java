package org.sparknorm.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A configuration as the library reads it, before it becomes a {@link RunConfig}. */
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
     * Returns a copy that has the defaults of absent keys and no substitutions.
     *
     * @throws RefusedException if a key is not known
     */
    public ConfigSource resolved() {
        return new ConfigSource(ConfigErrors.refusing(() -> ConfigResolver.resolve(config)));
    }

    /** Returns the value of a key of a resolved configuration as text, if it is set and is not a list or a section. */
    public Optional<String> text(String key) {
        if (!config.hasPath(key)) {
            return Optional.empty();
        }
        ConfigValue value = config.getValue(key);
        return TEXTS.contains(value.valueType()) ? Optional.of(value.unwrapped().toString()) : Optional.empty();
    }

    /** Returns the text from which {@link ConfigFiles#ofText} makes the same configuration again. */
    public String text() {
        return config.root()
                .render(ConfigRenderOptions.defaults()
                        .setOriginComments(false)
                        .setComments(false)
                        .setJson(false));
    }

    /** Returns all keys with their values, including the defaults, as text. */
    public String resolvedText() {
        return resolved().text();
    }

    /**
     * Makes the checked configuration.
     *
     * @throws RefusedException if a key is unknown, has the wrong type or breaks a rule; the message names the first
     *     such key
     */
    public RunConfig toRunConfig() {
        RunConfig run = new ConfigBinder(resolved().config()).bind(RunConfig.class, "");
        ConfigRules.check(run);
        return run;
    }
}
