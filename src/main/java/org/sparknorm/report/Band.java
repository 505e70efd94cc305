package org.sparknorm.report;

/** A named line of a chart with the surface between two other lines around it. */
public record Band(Curve low, Curve middle, Curve high) {}
