package org.sparknorm.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.RandomSource;

/**
 * The runs of a sweep: all combinations of the given values, or some that are drawn. {@code key=v1,v2} gives two
 * values, {@code key=low..high} uniform numbers, {@code key=low..high:log} numbers whose logarithm is uniform. Commas
 * within brackets or quotes belong to a value. No combination is drawn twice.
 *
 * @param fixed assignments that all runs have in common
 * @param runs the values of each run, in the order in which the runs are made
 */
record SweepPlan(List<String> fixed, List<Run> runs) {
    private static final Pattern RANGE = Pattern.compile("([-+.eE0-9]*[0-9])\\.\\.([-+.eE0-9]+)(:log)?");
    /** After so many draws for each run that is wanted, there are no other combinations. */
    private static final int MOST_DRAWS_PER_RUN = 1000;

    private static final Pattern UNFIT_FOR_A_FOLDER = Pattern.compile("[^A-Za-z0-9.,=_+-]");

    /** One combination: values by key, in the order of the command line. */
    record Run(Map<String, String> values) {
        List<String> assignments() {
            return values.entrySet().stream()
                    .map(value -> value.getKey() + "=" + value.getValue())
                    .toList();
        }

        /** Returns the combination as the name of a folder. */
        String name() {
            return UNFIT_FOR_A_FOLDER.matcher(String.join(",", assignments())).replaceAll("_");
        }
    }

    /** The values that a key may have. */
    private sealed interface Choice {}

    private record Values(List<String> values) implements Choice {}

    private record Interval(double low, double high, boolean logarithmic) implements Choice {}

    /**
     * @param trials number of combinations that are drawn; 0 for all combinations
     * @throws RefusedException if no key varies, two runs are equal, a range is given and nothing is drawn, or there are
     *     fewer combinations than are to be drawn
     */
    static SweepPlan of(List<String> assignments, int trials, long seed) {
        Map<String, Choice> choices = new LinkedHashMap<>();
        for (String assignment : assignments) {
            Choice choice = choice(assignment);
            if (choice != null) {
                choices.put(assignment.substring(0, assignment.indexOf('=')), choice);
            }
        }
        if (choices.isEmpty()) {
            throw new RefusedException(
                    "no key has several values", "write some, for example learning-rate.initial=0.1,0.3");
        }
        List<Run> runs = trials == 0 ? grid(choices) : drawn(choices, trials, seed);
        if (runs.stream().map(Run::name).distinct().count() < runs.size()) {
            throw new RefusedException("two runs are the same", "give every value once");
        }
        return new SweepPlan(fixed(assignments), runs);
    }

    /** Returns the assignments that give a key a single value. */
    static List<String> fixed(List<String> assignments) {
        return assignments.stream()
                .filter(assignment -> choice(assignment) == null)
                .toList();
    }

    private static Choice choice(String assignment) {
        int equals = assignment.indexOf('=');
        return equals < 1 ? null : choice(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    /** Returns null for a single value. */
    private static Choice choice(String key, String text) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            boolean logarithmic = range.group(3) != null;
            Interval interval = new Interval(number(key, range.group(1)), number(key, range.group(2)), logarithmic);
            if (!(interval.low() < interval.high()) || (logarithmic && interval.low() <= 0)) {
                throw new RefusedException(
                        key + " = " + text + " is no range", "write the smaller number first; above 0 with :log");
            }
            return interval;
        }
        List<String> values = split(text);
        return values.size() == 1 ? null : new Values(values);
    }

    private static double number(String key, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new RefusedException(key + " = " + text + " is no number", "write low..high");
        }
    }

    /** Splits a text at the commas that are outside brackets and quotes. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            quoted ^= letter == '"';
            depth += letter == '[' || letter == '{' ? 1 : letter == ']' || letter == '}' ? -1 : 0;
            if (letter == ',' && depth == 0 && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(letter);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    /** Returns all combinations, in which the last key varies fastest. */
    private static List<Run> grid(Map<String, Choice> choices) {
        List<Run> runs = List.of(new Run(Map.of()));
        for (Map.Entry<String, Choice> choice : choices.entrySet()) {
            if (!(choice.getValue() instanceof Values values)) {
                throw new RefusedException(
                        choice.getKey() + " has a range, which has no end of values",
                        "say how many runs are drawn with trials=N, or list values");
            }
            List<Run> next = new ArrayList<>();
            for (Run run : runs) {
                for (String value : values.values()) {
                    next.add(with(run, choice.getKey(), value));
                }
            }
            runs = next;
        }
        return runs;
    }

    /** Draws combinations; one that was drawn before is passed over. */
    private static List<Run> drawn(Map<String, Choice> choices, int trials, long seed) {
        double combinations =
                choices.values().stream().mapToDouble(SweepPlan::size).reduce(1, (left, right) -> left * right);
        if (combinations < trials) {
            throw tooFew(trials, (long) combinations);
        }
        Set<String> names = new HashSet<>();
        List<Run> runs = new ArrayList<>();
        for (long draw = 0; runs.size() < trials; draw++) {
            if (draw == (long) MOST_DRAWS_PER_RUN * trials) {
                throw tooFew(trials, runs.size());
            }
            Run run = new Run(Map.of());
            for (Map.Entry<String, Choice> choice : choices.entrySet()) {
                double uniform =
                        RandomSource.of(seed, "sweep " + choice.getKey()).uniform(draw);
                run = with(run, choice.getKey(), value(choice.getValue(), uniform));
            }
            if (names.add(run.name())) {
                runs.add(run);
            }
        }
        return runs;
    }

    /** The number of different values, infinite for an interval. */
    private static double size(Choice choice) {
        return choice instanceof Values values ? new HashSet<>(values.values()).size() : Double.POSITIVE_INFINITY;
    }

    private static RefusedException tooFew(int trials, long combinations) {
        return new RefusedException(
                "trials = " + trials + ", and there are only " + combinations + " combinations",
                "lower trials, leave it out for all combinations of listed values, or give more values");
    }

    private static String value(Choice choice, double uniform) {
        if (choice instanceof Interval interval) {
            double low = interval.logarithmic() ? StrictMath.log(interval.low()) : interval.low();
            double high = interval.logarithmic() ? StrictMath.log(interval.high()) : interval.high();
            double drawn = low + uniform * (high - low);
            return String.format(Locale.ROOT, "%.4g", interval.logarithmic() ? StrictMath.exp(drawn) : drawn);
        }
        List<String> values = ((Values) choice).values();
        return values.get((int) (uniform * values.size()));
    }

    private static Run with(Run run, String key, String value) {
        Map<String, String> values = new LinkedHashMap<>(run.values());
        values.put(key, value);
        return new Run(values);
    }
}
