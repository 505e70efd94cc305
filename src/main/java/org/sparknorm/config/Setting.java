package org.sparknorm.config;

import java.io.Serializable;
import java.util.Optional;

/**
 * The value of a key that may be absent. Configurations are sent to executors, and {@link Optional} is not
 * serializable.
 *
 * @param value null if the key is absent
 */
public record Setting<T extends Serializable>(T value) implements Serializable {
    public Optional<T> optional() {
        return Optional.ofNullable(value);
    }

    @Override
    public String toString() {
        return value == null ? "not set" : value.toString();
    }
}
