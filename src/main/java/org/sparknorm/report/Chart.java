package org.sparknorm.report;

import java.util.List;

/**
 * A chart of lines over a common x axis.
 *
 * @param file name of its picture next to the report, without the suffix
 * @param isLogarithmic whether the y axis is logarithmic; values that are not above 0 are left out then
 */
public record Chart(
        String file,
        String title,
        String xLabel,
        String yLabel,
        boolean isLogarithmic,
        List<Curve> curves,
        List<Band> bands) {
    /** A chart without bands. */
    public Chart(String file, String title, String xLabel, String yLabel, List<Curve> curves) {
        this(file, title, xLabel, yLabel, false, curves, List.of());
    }

    public Chart logarithmic(boolean logarithmic) {
        return new Chart(file, title, xLabel, yLabel, logarithmic, curves, bands);
    }

    boolean isDrawn(double x, double y) {
        return Double.isFinite(x) && Double.isFinite(y) && (!isLogarithmic || y > 0);
    }

    /** Whether there is any point to draw. */
    public boolean isEmpty() {
        return curves.stream().noneMatch(this::hasPoints) && bands.stream().noneMatch(band -> hasPoints(band.middle()));
    }

    private boolean hasPoints(Curve curve) {
        for (int i = 0; i < curve.x().length; i++) {
            if (isDrawn(curve.x()[i], curve.y()[i])) {
                return true;
            }
        }
        return false;
    }
}
