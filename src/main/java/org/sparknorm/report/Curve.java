package org.sparknorm.report;

import java.util.Arrays;

/** A named line of a chart through points whose x rises; points that are not finite are left out. */
public record Curve(String name, double[] x, double[] y) {
    public Curve {
        if (x.length != y.length) {
            throw new IllegalArgumentException(name + ": " + x.length + " places, " + y.length + " values");
        }
    }

    /** Replaces neighbouring points by their means, where there are more than {@code most} points. */
    public Curve thinned(int most) {
        if (x.length <= most) {
            return this;
        }
        double[] meanX = new double[most];
        double[] meanY = new double[most];
        for (int i = 0; i < most; i++) {
            int from = (int) ((long) x.length * i / most);
            int to = (int) ((long) x.length * (i + 1) / most);
            meanX[i] = Arrays.stream(x, from, to).average().orElseThrow();
            meanY[i] = Arrays.stream(y, from, to).average().orElseThrow();
        }
        return new Curve(name, meanX, meanY);
    }
}
