package org.sparknorm.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.sparknorm.config.RefusedException;

/**
 * Maps the labels of texts to classes. Labels that are all whole numbers are class numbers; otherwise they are names of
 * classes, whose sorted order numbers them.
 *
 * @param names names in the order of the class numbers; empty where labels are class numbers
 * @param classes number of classes, as far as the labels tell; 0 where that is not known
 */
public record TextLabels(ArrayList<String> names, int classes) implements Serializable {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final int UNKNOWN = -1;

    /** Takes the names of the training data; without names the classes have numbers. */
    public static TextLabels known(List<String> names) {
        return new TextLabels(new ArrayList<>(names), names.size());
    }

    /**
     * Derives the classes from the labels of some data.
     *
     * @param found number of rows with each label
     * @param path path of the data, for messages
     * @throws RefusedException if the labels look like a heading among numbers, or like texts
     */
    public static TextLabels of(Map<String, Integer> found, String path) {
        Set<String> words = new TreeSet<>(found.keySet());
        words.removeIf(TextLabels::isNumber);
        if (words.isEmpty()) {
            int largest =
                    found.keySet().stream().mapToInt(Integer::parseInt).max().orElse(UNKNOWN);
            return new TextLabels(new ArrayList<>(), largest + 1);
        }
        String word = words.iterator().next();
        if (words.size() == 1 && found.get(word) == 1 && found.size() > 2) {
            throw new RefusedException(
                    path + " has one row with the label " + word + " among numbers",
                    "correct it, or write the heading label,text");
        }
        int rows = found.values().stream().mapToInt(Integer::intValue).sum();
        if (rows > 2 && found.size() == rows) {
            throw new RefusedException(
                    path + " has another label in each of its rows", "write the label first, then the text");
        }
        return known(List.copyOf(new TreeSet<>(found.keySet())));
    }

    private static boolean isNumber(String label) {
        return NUMBER.matcher(label).matches();
    }

    /** Returns the class of a label; -1 for a label that is null or unknown. */
    public int number(String label) {
        if (label == null) {
            return UNKNOWN;
        }
        if (names.isEmpty()) {
            int number = isNumber(label) ? Integer.parseInt(label) : UNKNOWN;
            return classes > 0 && number >= classes ? UNKNOWN : number;
        }
        return names.indexOf(label);
    }

    /**
     * Checks that other data have no other labels.
     *
     * @throws RefusedException if one of their labels is unknown
     */
    public void check(Set<String> others, String path) {
        for (String label : new TreeSet<>(others)) {
            if (number(label) == UNKNOWN) {
                throw new RefusedException(
                        path + " has the label " + label + ", and the training data "
                                + (names.isEmpty() ? "have numbers" : "have " + String.join(", ", names)),
                        "correct it");
            }
        }
    }
}
