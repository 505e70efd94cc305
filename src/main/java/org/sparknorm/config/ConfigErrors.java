package org.sparknorm.config;

import com.typesafe.config.ConfigException;
import java.util.function.Supplier;

/** Turns what the configuration library throws into refusals. */
final class ConfigErrors {
    private ConfigErrors() {}

    /** Reads or changes a configuration: what the library cannot do with the user's text is the fault of the text. */
    static <T> T refusing(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ConfigException e) {
            throw unreadable(FirstLine.of(e));
        } catch (StackOverflowError e) {
            // The library descends by recursion, without a limit of its own.
            throw unreadable("it is nested too deeply");
        }
    }

    private static RefusedException unreadable(String why) {
        return new RefusedException("the configuration cannot be read: " + why, "correct its syntax");
    }

    static RefusedException unknownKey(String key, String where) {
        return new RefusedException(
                "unknown key " + key + " (" + where + ")",
                "the nearest known key is " + ConfigWords.nearest(key, ConfigSchema.RUN.keys()));
    }
}
