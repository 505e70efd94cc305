package org.sparknorm.config;

import java.io.Serializable;
import java.util.Optional;

/**
 * The value of a key that may be absent. Configurations travel to executors, which {@link Optional} cannot.
 *
 * @param value null where the key is absent
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
