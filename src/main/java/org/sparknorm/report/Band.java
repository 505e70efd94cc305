package org.sparknorm.report;

/** A named line of a chart with what lies about it: the surface between two other lines over the same places. */
public record Band(Curve low, Curve middle, Curve high) {}
