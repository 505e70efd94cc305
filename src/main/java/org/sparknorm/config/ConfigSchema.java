package org.sparknorm.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The known keys and their Java types, read from the records of {@link RunConfig}. */
final class ConfigSchema {
    static final ConfigSchema RUN = new ConfigSchema();

    private final Map<String, Type> types = new TreeMap<>();
    private final Set<String> sectionsOrNone = new TreeSet<>();

    private ConfigSchema() {
        collect("", RunConfig.class);
    }

    private void collect(String prefix, Class<?> section) {
        for (RecordComponent component : section.getRecordComponents()) {
            String path = prefix + Sections.key(component);
            if (component.isAnnotationPresent(OrNone.class)) {
                sectionsOrNone.add(path);
            }
            if (Sections.isSection(component.getType())) {
                collect(path + ".", component.getType());
            } else {
                types.put(path, component.getGenericType());
            }
        }
    }

    Set<String> keys() {
        return Collections.unmodifiableSet(types.keySet());
    }

    boolean isKnown(String path) {
        return types.containsKey(path);
    }

    boolean isSectionPath(String path) {
        return types.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    /** Returns the sections whose value may be {@code none}. */
    Set<String> sectionsOrNone() {
        return Collections.unmodifiableSet(sectionsOrNone);
    }

    /** Whether the values of a key are text (words and paths), which is taken literally on the command line. */
    boolean isText(String path) {
        Class<?> type = rawType(types.get(path));
        return type == String.class || type.isEnum();
    }

    /** Returns the class of a value; for a {@link Setting}, that of its content. */
    static Class<?> rawType(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Setting.class
                    ? rawType(generic.getActualTypeArguments()[0])
                    : (Class<?>) generic.getRawType();
        }
        return (Class<?>) type;
    }
}
