package org.sparknorm.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Draws a chart as SVG, in a page or as a file of its own. Colours come from a style sheet, so that one drawing serves
 * light and dark screens and paper. Plot libraries write fixed colours, and measure text with fonts, which a driver on
 * a cluster need not have.
 */
public final class SvgChart {
    /** The style sheet. Its colours of lines can be told apart without seeing red and green. */
    public static final String STYLE = """
        svg.chart text { font: 12px sans-serif; fill: var(--ink); }
        svg.chart text.title { font-size: 14px; font-weight: bold; }
        svg.chart .grid { stroke: var(--grid); }
        svg.chart .frame { stroke: var(--ink); fill: none; }
        svg.chart .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        svg.chart .band { stroke: none; fill-opacity: 0.18; }
        :root { --ink: #1b1b1b; --paper: #ffffff; --grid: #dddddd;
          --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #a0468c; --c4: #8a6d00; --c5: #2a8fc4; --c6: #555555; }
        @media screen and (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --grid: #3a3a3a;
          --c0: #56b4e9; --c1: #ff9a4d; --c2: #2fd0a5; --c3: #e38ac9; --c4: #f0e442; --c5: #9ad0f5; --c6: #b0b0b0; } }
        """;

    private static final int COLOURS = 7;
    private static final int WIDTH = 640;
    private static final int PLOT_HEIGHT = 270;
    private static final int TOP = 34;
    private static final int LEFT = 70;
    private static final int RIGHT = 24;
    private static final int BELOW = 46;
    private static final int TICKS = 7;
    private static final int LEGEND_ROW = 18;
    private static final int LEGEND_SAMPLE = 30;
    /** Width of a character: more than the average in any sans-serif font of twelve pixels. */
    private static final double CHARACTER = 7.2;

    private static final int LONGEST_NAME = 60;
    private static final int FEW_POINTS = 40;

    private final Chart chart;
    private final Axis x;
    private final Axis y;
    private final StringBuilder out = new StringBuilder();

    private SvgChart(Chart chart) {
        this.chart = chart;
        List<Double> allX = new ArrayList<>();
        List<Double> allY = new ArrayList<>();
        chart.curves().forEach(curve -> collect(curve, allX, allY));
        for (Band band : chart.bands()) {
            collect(band.low(), allX, allY);
            collect(band.high(), allX, allY);
        }
        this.x = Axis.of(allX, false, LEFT, WIDTH - RIGHT, TICKS);
        this.y = Axis.of(allY, chart.isLogarithmic(), TOP + PLOT_HEIGHT, TOP, TICKS);
    }

    /** @return an element {@code svg} whose classes {@link #STYLE} defines */
    public static String draw(Chart chart) {
        return new SvgChart(chart).draw("");
    }

    /** Draws a chart as a file of its own. */
    public static String file(Chart chart) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + new SvgChart(chart).draw("<style>" + STYLE + "svg { background: var(--paper); }</style>\n");
    }

    private void collect(Curve curve, List<Double> allX, List<Double> allY) {
        for (int i = 0; i < curve.x().length; i++) {
            if (chart.isDrawn(curve.x()[i], curve.y()[i])) {
                allX.add(curve.x()[i]);
                allY.add(curve.y()[i]);
            }
        }
    }

    private String draw(String style) {
        List<String> names = new ArrayList<>();
        chart.bands().forEach(band -> names.add(band.middle().name()));
        chart.curves().forEach(curve -> names.add(curve.name()));
        StringBuilder legend = new StringBuilder();
        int legendHeight = legend(names, legend);
        int height = TOP + PLOT_HEIGHT + BELOW + legendHeight;
        out.append("<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n"
                        .formatted(WIDTH, height))
                .append(style)
                .append("<title>%s</title>%n".formatted(escape(chart.title())))
                .append("<text class=\"title\" x=\"%d\" y=\"20\">%s</text>%n".formatted(LEFT, escape(chart.title())));
        axes();
        int colour = 0;
        for (Band band : chart.bands()) {
            surface(band, colour);
            line(band.middle(), colour++);
        }
        for (Curve curve : chart.curves()) {
            line(curve, colour++);
        }
        return out.append(legend).append("</svg>\n").toString();
    }

    private void axes() {
        for (double tick : x.ticks(TICKS)) {
            out.append("<line class=\"grid\" x1=\"%s\" y1=\"%d\" x2=\"%1$s\" y2=\"%d\"/>"
                    .formatted(pixel(x.place(tick)), TOP, TOP + PLOT_HEIGHT));
            text(x.place(tick), TOP + PLOT_HEIGHT + 16, "middle", Axis.label(tick));
        }
        for (double tick : y.ticks(TICKS)) {
            out.append("<line class=\"grid\" x1=\"%d\" y1=\"%s\" x2=\"%d\" y2=\"%2$s\"/>"
                    .formatted(LEFT, pixel(y.place(tick)), WIDTH - RIGHT));
            text(LEFT - 6, y.place(tick) + 4, "end", Axis.label(tick));
        }
        out.append("<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n"
                .formatted(LEFT, TOP, WIDTH - LEFT - RIGHT, PLOT_HEIGHT));
        text((LEFT + WIDTH - RIGHT) / 2.0, TOP + PLOT_HEIGHT + 36, "middle", chart.xLabel());
        out.append("<text text-anchor=\"middle\" transform=\"translate(14 %d) rotate(-90)\">%s</text>%n"
                .formatted(TOP + PLOT_HEIGHT / 2, escape(chart.yLabel())));
    }

    private void text(double atX, double atY, String anchor, String text) {
        out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n"
                .formatted(pixel(atX), pixel(atY), anchor, escape(text)));
    }

    private void surface(Band band, int colour) {
        List<String> upper = points(band.high());
        List<String> lower = points(band.low());
        Collections.reverse(lower);
        upper.addAll(lower);
        out.append("<polygon class=\"band\" style=\"fill: %s\" points=\"%s\"/>%n"
                .formatted(colour(colour), String.join(" ", upper)));
    }

    /** Draws a line. If it has few points they are marked, so that a single point is visible, too. */
    private void line(Curve curve, int colour) {
        List<String> points = points(curve);
        out.append("<polyline class=\"line\" style=\"stroke: %s\" points=\"%s\"/>%n"
                .formatted(colour(colour), String.join(" ", points)));
        if (points.size() <= FEW_POINTS) {
            for (String point : points) {
                String[] place = point.split(",", -1);
                out.append("<circle cx=\"%s\" cy=\"%s\" r=\"2.4\" style=\"fill: %s\"/>"
                        .formatted(place[0], place[1], colour(colour)));
            }
            out.append('\n');
        }
    }

    private List<String> points(Curve curve) {
        List<String> points = new ArrayList<>();
        for (int i = 0; i < curve.x().length; i++) {
            if (chart.isDrawn(curve.x()[i], curve.y()[i])) {
                points.add(pixel(x.place(curve.x()[i])) + "," + pixel(y.place(curve.y()[i])));
            }
        }
        return points;
    }

    /**
     * Writes the names next to samples of their lines, in as many rows as they need, and returns the height of the
     * rows.
     */
    private int legend(List<String> names, StringBuilder target) {
        double atX = LEFT;
        int row = 0;
        for (int i = 0; i < names.size(); i++) {
            String name = shortened(names.get(i));
            double width = LEGEND_SAMPLE + CHARACTER * name.length() + LEGEND_SAMPLE / 2.0;
            if (atX > LEFT && atX + width > WIDTH) {
                atX = LEFT;
                row++;
            }
            double atY = TOP + PLOT_HEIGHT + BELOW + LEGEND_ROW * row + 8.0;
            target.append("<line class=\"line\" style=\"stroke: %s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%3$s\"/>"
                    .formatted(colour(i), pixel(atX), pixel(atY), pixel(atX + LEGEND_SAMPLE - 8)));
            target.append("<text x=\"%s\" y=\"%s\">%s</text>%n"
                    .formatted(pixel(atX + LEGEND_SAMPLE), pixel(atY + 4), escape(name)));
            atX += width;
        }
        return LEGEND_ROW * (row + 1) + 6;
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    private static String colour(int number) {
        return "var(--c" + number % COLOURS + ")";
    }

    private static String pixel(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }

    /** Escapes text for elements and attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
