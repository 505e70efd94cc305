package org.sparknorm.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The known keys and their Java types, read off the records of {@link RunConfig}. */
final class ConfigSchema {
    /** Records that are the value of one key. */
    private static final Set<Class<?>> VALUES =
            Set.of(AutoInteger.class, ChannelValues.class, Limit.class, Range.class, Setting.class);

    private final Map<String, Type> types = new TreeMap<>();
    private final Set<String> sectionsOrNone = new TreeSet<>();

    ConfigSchema() {
        collect("", RunConfig.class);
    }

    private void collect(String prefix, Class<?> section) {
        for (RecordComponent component : section.getRecordComponents()) {
            String path = prefix + kebab(component.getName());
            if (component.isAnnotationPresent(OrNone.class)) {
                sectionsOrNone.add(path);
            }
            if (isSection(component.getType())) {
                collect(path + ".", component.getType());
            } else {
                types.put(path, component.getGenericType());
            }
        }
    }

    static boolean isSection(Class<?> type) {
        return type.isRecord() && !VALUES.contains(type);
    }

    boolean isKnown(String path) {
        return types.containsKey(path);
    }

    boolean isSectionPath(String path) {
        return types.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    /** The sections in whose place {@code none} may stand. */
    Set<String> sectionsOrNone() {
        return Collections.unmodifiableSet(sectionsOrNone);
    }

    /** Whether values of the key are text: words and paths, taken literally on the command line. */
    boolean isText(String path) {
        Class<?> type = rawType(types.get(path));
        return type == String.class || type.isEnum();
    }

    /** The class of a value, without the Setting around it. */
    static Class<?> rawType(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Setting.class
                    ? rawType(generic.getActualTypeArguments()[0])
                    : (Class<?>) generic.getRawType();
        }
        return (Class<?>) type;
    }

    /** The known key that takes the fewest edits from this one. */
    String nearest(String path) {
        return nearest(path, types.keySet());
    }

    static String nearest(String word, Collection<String> known) {
        String best = "";
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int edits = editDistance(word, candidate);
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return best;
    }

    static List<String> words(Class<?> enumeration) {
        List<String> words = new ArrayList<>();
        for (Object constant : enumeration.getEnumConstants()) {
            words.add(word((Enum<?>) constant));
        }
        return words;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code batchSize} → {@code batch-size}. */
    static String kebab(String name) {
        StringBuilder kebab = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            if (Character.isUpperCase(letter)) {
                kebab.append('-');
            }
            kebab.append(Character.toLowerCase(letter));
        }
        return kebab.toString();
    }

    /** Levenshtein's: insertions, deletions and substitutions of one letter. */
    private static int editDistance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substitution = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
