package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Scratch;

/**
 * The gradient by the input as a convolution of the gradient by the output, with the weights turned by half a circle.
 *
 * @param geometry of the convolution whose gradient it is
 * @param reverse a scheme of its {@linkplain ConvolutionGeometry#reverse reverse}
 */
record TurnedConvolution(ConvolutionGeometry geometry, ConvolutionScheme reverse) implements InputGradientScheme {
    @Override
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
        float[] turned = scratch.take(geometry.weightCount());
        turn(w, turned);
        reverse.forward(new ForwardPass(dy, count, new Weights(turned, 0), null, dx, OutputListener.NONE), scratch);
        scratch.give(turned);
    }

    @Override
    public long[] inputScratchLengths(int count) {
        long[] lengths = reverse.scratchLengths(count);
        long[] withWeights = Arrays.copyOf(lengths, lengths.length + 1);
        withWeights[lengths.length] = geometry.weightCount();
        return withWeights;
    }

    /** [K, K, C, O] to [K, K, O, C], first and last row and column of the window changing places. */
    private void turn(Weights w, float[] turned) {
        int channels = geometry.channels();
        int filters = geometry.filters();
        int plane = channels * filters;
        int places = geometry.window().size() * geometry.window().size();
        for (int place = 0; place < places; place++) {
            int from = w.offset() + place * plane;
            int to = (places - 1 - place) * plane;
            for (int c = 0; c < channels; c++) {
                for (int o = 0; o < filters; o++) {
                    turned[to + o * channels + c] = w.data()[from + c * filters + o];
                }
            }
        }
    }
}
