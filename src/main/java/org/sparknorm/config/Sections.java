package org.sparknorm.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;

/** Reads and makes the records of a configuration by reflection. Each component is a key or a section. */
final class Sections {
    /** The records that are the value of a single key. */
    private static final Set<Class<?>> VALUES =
            Set.of(AutoInteger.class, ChannelValues.class, Limit.class, Range.class, Setting.class);

    private Sections() {}

    static boolean isSection(Class<?> type) {
        return type.isRecord() && !VALUES.contains(type);
    }

    /** Returns the key of a component within its section: {@code batchSize} → {@code batch-size}. */
    static String key(RecordComponent component) {
        StringBuilder kebab = new StringBuilder();
        for (char letter : component.getName().toCharArray()) {
            if (Character.isUpperCase(letter)) {
                kebab.append('-');
            }
            kebab.append(Character.toLowerCase(letter));
        }
        return kebab.toString();
    }

    static Object value(RecordComponent component, Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record without its accessor " + component.getName(), e);
        }
    }

    /** Makes a section from the values of its components. */
    static <T> T make(Class<T> section, Function<RecordComponent, Object> values) {
        RecordComponent[] components = section.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] arguments = Arrays.stream(components).map(values).toArray();
        try {
            return section.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("record " + section + " has no canonical constructor", e);
        }
    }

    /** Returns a copy of a section with another value for one key. */
    @SuppressWarnings("unchecked") // records are final, so the class of a section is T
    static <T> T with(T section, String key, Object value) {
        int dot = key.indexOf('.');
        String first = dot < 0 ? key : key.substring(0, dot);
        return make((Class<T>) section.getClass(), component -> {
            Object old = value(component, section);
            if (!key(component).equals(first)) {
                return old;
            }
            return dot < 0 ? value : with(old, key.substring(dot + 1), value);
        });
    }
}
