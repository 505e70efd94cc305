package org.sparknorm.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Lists the values of a configuration, and those in which two configurations differ. */
public final class ConfigDifferences {
    private ConfigDifferences() {}

    /**
     * Returns {@code KEY = NOW, was BEFORE} for each key that affects the weights of a run and differs. The list is
     * empty if a run of one configuration can continue with the other.
     */
    public static List<String> affectingResult(RunConfig before, RunConfig now) {
        Map<String, Object> old = new LinkedHashMap<>();
        Map<String, Object> given = new LinkedHashMap<>();
        Predicate<RecordComponent> affectsResult =
                component -> !component.isAnnotationPresent(DoesNotAffectResult.class);
        collect("", before, affectsResult, old);
        collect("", now, affectsResult, given);
        List<String> differences = new ArrayList<>();
        old.forEach((key, value) -> {
            if (!value.equals(given.get(key))) {
                differences.add(key + " = " + text(given.get(key)) + ", was " + text(value));
            }
        });
        return differences;
    }

    /** Returns the value of every key, in the order of the sections. */
    public static Map<String, String> values(RunConfig config) {
        Map<String, Object> values = new LinkedHashMap<>();
        collect("", config, component -> true, values);
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((key, value) -> texts.put(key, text(value)));
        return texts;
    }

    private static void collect(
            String prefix, Object section, Predicate<RecordComponent> wanted, Map<String, Object> values) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            if (!wanted.test(component)) {
                continue;
            }
            String path = prefix + Sections.key(component);
            Object value = Sections.value(component, section);
            if (Sections.isSection(component.getType())) {
                collect(path + ".", value, wanted, values);
            } else {
                values.put(path, value);
            }
        }
    }

    private static String text(Object value) {
        return value instanceof Enum<?> constant ? ConfigWords.word(constant) : value.toString();
    }
}
