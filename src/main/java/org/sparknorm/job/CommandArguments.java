package org.sparknorm.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparknorm.config.RefusedException;

/**
 * The {@code key=value} arguments of a command, divided into its own and those of a configuration.
 *
 * @param own values of the command's own keys
 * @param assignments the others, as typed
 */
public record CommandArguments(Map<String, String> own, List<String> assignments) {
    static CommandArguments split(List<String> arguments, Set<String> ownKeys) {
        Map<String, String> own = new LinkedHashMap<>();
        List<String> assignments = new ArrayList<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String key = equals < 0 ? argument : argument.substring(0, equals);
            if (equals > 0 && ownKeys.contains(key)) {
                own.put(key, argument.substring(equals + 1));
            } else {
                assignments.add(argument);
            }
        }
        return new CommandArguments(own, assignments);
    }

    /** @throws RefusedException if the key is not given */
    String required(String key) {
        String value = own.get(key);
        if (value == null || value.isEmpty()) {
            throw new RefusedException(key + " is not given", "add " + key + "=PATH");
        }
        return value;
    }

    public String choice(String key, List<String> choices) {
        String value = own.getOrDefault(key, choices.get(0));
        if (!choices.contains(value)) {
            throw new RefusedException(key + " = " + value + " is none of " + String.join(", ", choices), "correct it");
        }
        return value;
    }

    /** Returns a whole number from 1 on, or {@code other} if the key is not given. */
    int number(String key, int other) {
        String value = own.get(key);
        if (value == null) {
            return other;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new RefusedException(key + " = " + value + " is no whole number from 1 on", "correct it");
    }
}
