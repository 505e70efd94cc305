package org.sparknorm.config;

import com.typesafe.config.ConfigException;
import java.util.function.Supplier;

/** Turns exceptions of the configuration library into refusals. */
final class ConfigErrors {
    private ConfigErrors() {}

    /** Calls the configuration library, and refuses the text of the user if the library fails on it. */
    static <T> T refusing(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ConfigException e) {
            throw unreadable(FirstLine.of(e));
        } catch (StackOverflowError e) {
            // The library reads nested values by recursion and has no limit for the depth.
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
