package org.sparknorm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis of a chart: it maps values to pixels, and chooses the round values that are marked.
 *
 * @param from the pixel of the lowest value
 * @param to the pixel of the highest value
 */
record Axis(double low, double high, boolean isLogarithmic, double from, double to) {
    private static final double[] ROUND = {1, 2, 5, 10};
    private static final double LARGEST_PLAIN = 1e5;
    private static final double SMALLEST_PLAIN = 1e-4;

    /**
     * The axis that holds all values. It ends at round numbers or, if it is logarithmic, at the extreme values
     * themselves.
     */
    static Axis of(List<Double> values, boolean isLogarithmic, double from, double to, int ticks) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        if (isLogarithmic) {
            return new Axis(low, high > low ? high : 10 * low, true, from, to);
        }
        if (high <= low) {
            double room = low == 0 ? 1 : Math.abs(low) / 2;
            low -= room;
            high += room;
        }
        double step = step(low, high, ticks);
        return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, false, from, to);
    }

    /** The smallest round distance that divides the range into {@code most} parts or fewer. */
    private static double step(double low, double high, int most) {
        double least = (high - low) / most;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double round : ROUND) {
            if (round * power >= least * (1 - 1e-9)) {
                return round * power;
            }
        }
        return 10 * power;
    }

    double place(double value) {
        double share = isLogarithmic
                ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
        return from + share * (to - from);
    }

    /** The round values to be marked, rising. */
    List<Double> ticks(int most) {
        List<Double> ticks = new ArrayList<>();
        if (!isLogarithmic) {
            double step = step(low, high, most);
            long count = Math.round((high - low) / step);
            for (long i = 0; i <= count; i++) {
                ticks.add((Math.round(low / step) + i) * step);
            }
            return ticks;
        }
        for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
            for (double round : new double[] {1, 2, 5}) {
                double value = round * Math.pow(10, power);
                if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
                    ticks.add(value);
                }
            }
        }
        while (ticks.size() > most + 1) {
            for (int i = ticks.size() - 2; i > 0; i -= 2) {
                ticks.remove(i);
            }
        }
        return ticks;
    }

    /** Writes a value in few characters. */
    static String label(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size >= LARGEST_PLAIN || size < SMALLEST_PLAIN)) {
            return String.format(Locale.ROOT, "%.3g", value)
                    .replaceAll("\\.?0*e", "e")
                    .replaceAll("e([+-])0?", "e$1");
        }
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
