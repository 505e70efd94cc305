package org.sparknorm.spark.source;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparknorm.config.RefusedException;

/**
 * Finds several splits in one folder by the names that data sets give them, as in {@code train-00000-of-00002.parquet}
 * next to {@code test-00000-of-00001.parquet}. Reading both would train on the examples of a test.
 */
final class SplitNames {
    private static final Pattern SPLIT = Pattern.compile("(train|test|val|dev|eval)(ing|idation|id|elopment|uation)?");
    private static final Pattern FIRST_WORD = Pattern.compile("\\p{L}+");

    private SplitNames() {}

    /**
     * Refuses files of several splits.
     *
     * @param named key and value of the path, for the message
     * @param names names of all files that would be read
     */
    static void checkFiles(String named, List<String> names) {
        Map<String, String> first = new TreeMap<>();
        for (String name : names) {
            Matcher word = FIRST_WORD.matcher(name);
            String split = word.lookingAt() ? split(word.group()) : null;
            if (split != null) {
                first.putIfAbsent(split, name);
            }
        }
        if (first.size() > 1) {
            throw new RefusedException(
                    named + " holds files of several splits: " + String.join(", ", first.values()),
                    "name one file, or a folder with the files of one split");
        }
    }

    /** Refuses class folders that are splits, all of them. */
    static void checkClasses(String named, List<String> names) {
        long splits = names.stream().map(SplitNames::split).distinct().count();
        if (splits > 1 && names.stream().allMatch(name -> split(name) != null)) {
            throw new RefusedException(
                    named + " holds the splits " + String.join(", ", names) + " and no folders of classes",
                    "name one of them");
        }
    }

    /** Returns the beginning of the word of a split, null if the word is none. */
    private static String split(String word) {
        Matcher split = SPLIT.matcher(word.toLowerCase(Locale.ROOT));
        return split.matches() ? split.group(1) : null;
    }
}
