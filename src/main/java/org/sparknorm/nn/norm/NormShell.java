package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.FusesResidual;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Tensor;

/**
 * What norms have in common, whatever their statistics are: γ and β per channel, the input and output of the present
 * step, and the passes over a segment of the batch (see {@link ValidPositions}). A norm adds its statistics, which it
 * takes over its own axes.
 */
final class NormShell {
    private final NormSpec spec;
    private final ValidPositions positions;
    private final Parameter scale;
    private final Parameter shift;
    private final Normalize normalize;
    private final Normalize.Slopes slopes;
    private Tensor x;
    private Tensor y;

    NormShell(NormSpec spec, ValidPositions positions) {
        this(
                spec,
                positions,
                Parameter.vector(scaleName(spec), spec.channels(), Parameter.Role.NORM_SCALE),
                Parameter.vector(shiftName(spec), spec.channels(), Parameter.Role.NORM_SHIFT));
    }

    NormShell(NormSpec spec, ValidPositions positions, Parameter scale, Parameter shift) {
        this.spec = spec;
        this.positions = positions;
        this.scale = scale;
        this.shift = shift;
        this.normalize = new Normalize(spec, scale, shift);
        this.slopes = new Normalize.Slopes(scale.size());
    }

    static String scaleName(NormSpec spec) {
        return spec.name() + ".weight";
    }

    static String shiftName(NormSpec spec) {
        return spec.name() + ".bias";
    }

    List<Parameter> parameters() {
        return List.of(scale, shift);
    }

    Parameter scale() {
        return scale;
    }

    Parameter shift() {
        return shift;
    }

    float scale(int channel) {
        return scale.values()[scale.offset() + channel];
    }

    /** Begins a forward pass. A probe first sees the output before any activation. */
    void begin(FusesResidual norm, Tensor input, Pass pass) {
        if (pass.probes(spec.name())) {
            pass.probe().take(norm.forwardWithResidual(input, null, Activation.Kind.NONE, pass.withoutProbe()));
        }
        x = input;
        y = Tensor.reuse(y, x.shape());
    }

    int examples() {
        return x.count();
    }

    int segments() {
        return positions.segments(x);
    }

    /** Adds the values of a segment of the input, and their squares. */
    void addSquares(ChannelSums sums, int segment) {
        sums.addSquares(x.data(), positions.from(x, segment), positions.to(x, segment));
    }

    Normalize.ChannelMap map(Normalize.Statistics statistics) {
        return normalize.map(statistics);
    }

    /** Normalizes a segment of the input. */
    void normalize(Normalize.ChannelMap map, int segment, Tensor residual, Activation.Kind activation) {
        map.normalize(x, residual, y, positions.from(x, segment), positions.to(x, segment), activation);
        positions.clearPadding(y, segment);
    }

    Tensor output() {
        return y;
    }

    /** Takes an array for the gradient by the input. */
    Tensor takeInputGradient(Pass pass) {
        return pass.scratch().take(x.shape());
    }

    void addGradients(Normalize.GradientSums sums, Tensor dy, int segment) {
        sums.add(x, y, dy, positions.from(x, segment), positions.to(x, segment));
    }

    /** @param totals Σd and Σd·x̂ per channel, over all of the slice's values */
    void addParameterGradients(double[] totals) {
        scale.addGradient(totals, scale.size());
        shift.addGradient(totals, 0);
    }

    /** The slopes that {@link #writeInputGradient} is to be called with; each use sets them anew. */
    Normalize.Slopes slopes() {
        return slopes;
    }

    void writeInputGradient(Normalize.InputGradient gradient, Tensor dy, Tensor dx, int segment) {
        gradient.write(x, y, dy, dx, positions.from(x, segment), positions.to(x, segment));
        positions.clearPadding(dx, segment);
    }

    /** How many values per channel a segment has. */
    int values(int segment) {
        return (positions.to(x, segment) - positions.from(x, segment)) / scale.size();
    }
}
