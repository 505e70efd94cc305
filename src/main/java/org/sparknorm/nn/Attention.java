package org.sparknorm.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Elementary;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Multi-head attention of a sequence {@code [N, T, E]} over itself (Vaswani et al. 2017, section 3.2), as PyTorch's
 * {@code MultiheadAttention(E, heads, batch_first=True)(x, x, x)}: with q, k, v = x·Wᵀ + b cut into heads of D =
 * E/heads channels, the concatenation of softmax(q·kᵀ/√D)·v over the heads, times W_outᵀ, plus b_out. No position
 * attends one that is padding. W is [3E, E] in files, queries first, then keys and values.
 */
public final class Attention implements Layer {
    /** The parts that a projection holds, next to each other. */
    private static final int QUERIES = 0;

    private static final int KEYS = 1;
    private static final int VALUES = 2;
    private static final int PARTS = 3;

    private final String name;
    private final int embedding;
    private final int heads;
    /** D, the channels of a head. */
    private final int channels;

    private final Blas blas;
    private final SequenceLengths lengths;
    private final Linear in;
    private final Linear out;
    /** The input of the second projection, {@code [N, T, E]}, with the heads next to each other. */
    private Tensor joined;

    /** One {@code [T, D]} for each example and head, one after the other. */
    private float[] queries = new float[0];

    private float[] keys = new float[0];
    private float[] values = new float[0];
    /**
     * For each example and head an array {@code [T, T]} of how much each position attends each other; together they may
     * be more than fit into one.
     */
    private float[][] shares = new float[0][];

    /**
     * @param name prefix of its parameters' names
     * @param lengths null where nothing is padded
     * @throws IllegalArgumentException if the heads do not divide the embedding; names the layer
     */
    public Attention(String name, int embedding, int heads, SequenceLengths lengths, Blas blas) {
        if (embedding % heads != 0) {
            throw new IllegalArgumentException(
                    name + ": " + heads + " heads do not divide an embedding of " + embedding);
        }
        this.name = name;
        this.embedding = embedding;
        this.heads = heads;
        this.channels = embedding / heads;
        this.lengths = lengths;
        this.blas = blas;
        this.in = Linear.named(
                new Linear.Specification(name + ".in_proj", embedding, PARTS * embedding, true, true),
                "_weight",
                "_bias",
                blas);
        this.out = new Linear(new Linear.Specification(name + ".out_proj", embedding, embedding, true, true), blas);
    }

    public int heads() {
        return heads;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() != 2 || input.last() != embedding) {
            throw new IllegalArgumentException(
                    name + " of embedding " + embedding + " does not fit examples of shape " + input);
        }
        return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor projection = in.forward(x, pass);
        int positions = x.shape().dimension(1);
        makeRoom(x.size(), x.count() * heads, positions * positions);
        joined = Tensor.reuse(joined, x.shape());
        Arrays.fill(joined.data(), 0, joined.size(), 0f);
        float[] attended = pass.scratch().take(positions * channels);
        for (int i = 0; i < x.count() * heads; i++) {
            Head head = head(i, positions);
            head.copy(projection, QUERIES * embedding, queries, head.start());
            head.copy(projection, KEYS * embedding, keys, head.start());
            head.copy(projection, VALUES * embedding, values, head.start());
            Matrix weights = head.square(shares[i]);
            blas.multiply(head.rows(queries), head.rows(keys).transpose(), 0f, weights);
            softmax(weights);
            Matrix mixed = Matrix.of(attended, 0, head.length(), channels);
            blas.multiply(weights, head.rows(values), 0f, mixed);
            head.put(attended, joined, 0);
        }
        pass.scratch().give(attended);
        return out.forward(joined, pass);
    }

    private void makeRoom(int size, int squares, int square) {
        if (queries.length < size) {
            queries = new float[size];
            keys = new float[size];
            values = new float[size];
        }
        if (shares.length < squares || (squares > 0 && shares[0].length < square)) {
            shares = new float[squares][square];
        }
    }

    /** @param number counts the heads of all examples */
    private Head head(int number, int positions) {
        int example = number / heads;
        int length = lengths == null ? positions : lengths.of(example);
        return new Head(number, example * positions, number % heads * channels, positions, length, channels);
    }

    /**
     * A head of an example.
     *
     * @param row of the example's first position among those of all examples
     * @param column of the head's first channel
     * @param length how many positions are no padding
     */
    private record Head(int number, int row, int column, int positions, int length, int channels) {
        /** Returns the index where its {@code [T, D]} begins. */
        int start() {
            return number * positions * channels;
        }

        Matrix rows(float[] array) {
            return Matrix.of(array, start(), length, channels);
        }

        Matrix square(float[] array) {
            return Matrix.of(array, 0, length, length);
        }

        /** Copies its channels of all positions into {@code [T, D]}. */
        void copy(Tensor all, int firstColumn, float[] target, int to) {
            int width = all.shape().last();
            for (int position = 0; position < length; position++) {
                int from = (row + position) * width + firstColumn + column;
                System.arraycopy(all.data(), from, target, to + position * channels, channels);
            }
        }

        /** Puts {@code [T, D]} where its channels are. */
        void put(float[] source, Tensor all, int firstColumn) {
            int width = all.shape().last();
            for (int position = 0; position < length; position++) {
                int to = (row + position) * width + firstColumn + column;
                System.arraycopy(source, position * channels, all.data(), to, channels);
            }
        }
    }

    /** Makes each row of scores, divided by √D, its softmax. */
    private void softmax(Matrix scores) {
        float scale = (float) (1 / Math.sqrt(channels));
        float[] values = scores.data();
        int length = scores.columns();
        for (int row = 0; row < length; row++) {
            int from = scores.offset() + row * length;
            float largest = values[from];
            for (int i = from + 1; i < from + length; i++) {
                largest = Math.max(largest, values[i]);
            }
            double sum = 0;
            for (int i = from; i < from + length; i++) {
                values[i] = Elementary.exp((values[i] - largest) * scale);
                sum += values[i];
            }
            float share = (float) (1 / sum);
            for (int i = from; i < from + length; i++) {
                values[i] *= share;
            }
        }
    }

    /**
     * With P the shares of a head and dO the gradient by what it gives: dV = PᵀdO, dP = dO·Vᵀ, dS = P∘(dP −
     * Σ(P∘dP))/√D, sums over a row, dQ = dS·K, dK = dSᵀ·Q.
     */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dJoined = out.backward(dy, pass);
        int positions = dy.shape().dimension(1);
        Tensor dProjection = pass.scratch().take(dy.shape().withLast(PARTS * embedding));
        Arrays.fill(dProjection.data(), 0, dProjection.size(), 0f);
        float[] dOut = pass.scratch().take(positions * channels);
        float[] dPart = pass.scratch().take(positions * channels);
        float[] dShares = pass.scratch().take(positions * positions);
        for (int i = 0; i < dy.count() * heads; i++) {
            Head head = head(i, positions);
            Matrix dMixed = Matrix.of(dOut, 0, head.length(), channels);
            Matrix result = Matrix.of(dPart, 0, head.length(), channels);
            Matrix weights = head.square(shares[i]);
            Matrix dScores = head.square(dShares);
            head.copy(dJoined, 0, dOut, 0);
            blas.multiply(weights.transpose(), dMixed, 0f, result);
            head.put(dPart, dProjection, VALUES * embedding);
            blas.multiply(dMixed, head.rows(values).transpose(), 0f, dScores);
            softmaxBackward(weights, dScores);
            blas.multiply(dScores, head.rows(keys), 0f, result);
            head.put(dPart, dProjection, QUERIES * embedding);
            blas.multiply(dScores.transpose(), head.rows(queries), 0f, result);
            head.put(dPart, dProjection, KEYS * embedding);
        }
        pass.scratch().give(dOut);
        pass.scratch().give(dPart);
        pass.scratch().give(dShares);
        pass.scratch().give(dJoined);
        Tensor dx = in.backward(dProjection, pass);
        pass.scratch().give(dProjection);
        return dx;
    }

    /** The gradients by the shares become those by the scores. */
    private void softmaxBackward(Matrix weights, Matrix gradients) {
        double scale = 1 / Math.sqrt(channels);
        float[] d = gradients.data();
        int length = gradients.columns();
        for (int row = 0; row < length; row++) {
            int from = gradients.offset() + row * length;
            int share = weights.offset() + row * length - from;
            double sum = 0;
            for (int i = from; i < from + length; i++) {
                sum += (double) d[i] * weights.data()[share + i];
            }
            for (int i = from; i < from + length; i++) {
                d[i] = (float) (weights.data()[share + i] * (d[i] - sum) * scale);
            }
        }
    }

    /** The layer keeps queries, keys and values twice, what is attended, the output, and the shares. */
    @Override
    public long keptValues(Shape input, int examples) {
        long positions = input.dimension(0);
        return examples * (2L * (PARTS + 1) * input.size() + heads * positions * positions);
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(in.parameters());
        parameters.addAll(out.parameters());
        return parameters;
    }

    @Override
    public String toString() {
        return "attention of " + heads + " heads";
    }
}
