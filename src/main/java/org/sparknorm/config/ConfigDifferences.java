package org.sparknorm.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What two configurations say differently of the keys that decide the weights of a run. */
public final class ConfigDifferences {
    private ConfigDifferences() {}

    /** For each such key {@code KEY = NOW, was BEFORE}; empty where a run of the one can go on with the other. */
    public static List<String> deciding(RunConfig before, RunConfig now) {
        List<String> differences = new ArrayList<>();
        collect("", RunConfig.class, before, now, differences);
        return differences;
    }

    private static void collect(String prefix, Class<?> section, Object before, Object now, List<String> differences) {
        for (RecordComponent component : section.getRecordComponents()) {
            if (component.isAnnotationPresent(DoesNotAffectResult.class)) {
                continue;
            }
            String path = prefix + ConfigSchema.kebab(component.getName());
            Object old = value(component, before);
            Object given = value(component, now);
            if (ConfigSchema.isSection(component.getType())) {
                collect(path + ".", component.getType(), old, given, differences);
            } else if (!old.equals(given)) {
                differences.add(path + " = " + text(given) + ", was " + text(old));
            }
        }
    }

    /** All keys, in the order of the sections, and their values. */
    public static Map<String, String> values(RunConfig config) {
        Map<String, String> values = new LinkedHashMap<>();
        collect("", RunConfig.class, config, values);
        return values;
    }

    private static void collect(String prefix, Class<?> section, Object config, Map<String, String> values) {
        for (RecordComponent component : section.getRecordComponents()) {
            String path = prefix + ConfigSchema.kebab(component.getName());
            Object value = value(component, config);
            if (ConfigSchema.isSection(component.getType())) {
                collect(path + ".", component.getType(), value, values);
            } else {
                values.put(path, text(value));
            }
        }
    }

    private static Object value(RecordComponent component, Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record without its accessor " + component.getName(), e);
        }
    }

    private static String text(Object value) {
        return value instanceof Enum<?> constant ? ConfigSchema.word(constant) : value.toString();
    }
}
