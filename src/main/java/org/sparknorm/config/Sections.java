package org.sparknorm.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;

/** The records of a configuration seen as sections: each component is a key, or a section within. */
final class Sections {
    /** Records that are the value of one key. */
    private static final Set<Class<?>> VALUES =
            Set.of(AutoInteger.class, ChannelValues.class, Limit.class, Range.class, Setting.class);

    private Sections() {}

    static boolean isSection(Class<?> type) {
        return type.isRecord() && !VALUES.contains(type);
    }

    /** The key of a component within its section: {@code batchSize} → {@code batch-size}. */
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

    /** Makes a section of the values that are given for its components. */
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

    /** Returns a copy of a section that has another value of one key. */
    @SuppressWarnings("unchecked") // the class of an object is that of its type
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
