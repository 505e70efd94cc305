package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A sum that crosses the wire keeps its bits and what it knows of its slices. */
@Tag("unit")
class TreeSumSerializationTest {
    @Test
    void serializationKeepsTheBitsOfDoubles() throws Exception {
        List<TreeSum<double[]>> parts = SliceArrays.singles(ArrayKind.DOUBLES, 5, List.of(3, 0, 4, 1, 2));
        TreeSum<double[]> sum = copy(parts.get(0));
        for (TreeSum<double[]> part : parts.subList(1, 5)) {
            sum = copy(sum.merge(copy(part)));
        }
        assertThat(sum.root()).isEqualTo(SliceArrays.treeOfDoubles(5));
    }

    @Test
    void serializationKeepsTheBitsOfFloats() throws Exception {
        TreeSum<float[]> sum = copy(SliceArrays.neighbours(0, 3, 8)).merge(copy(SliceArrays.neighbours(3, 8, 8)));
        assertThat(sum.root()).isEqualTo(SliceArrays.treeOfFloats(8));
    }

    @Test
    void serializationKeepsNumbersThatAreNone() throws Exception {
        double[] strange = {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE};
        TreeSum<double[]> sum = copy(new TreeSum<>(ArrayKind.DOUBLES, 1).add(0, strange.clone()));
        assertThat(sum.root()).isEqualTo(strange);
    }

    @Test
    void serializationKeepsWhichSlicesHaveGiven() throws Exception {
        TreeSum<float[]> sum = copy(SliceArrays.neighbours(1, 4, 100));
        assertThat(sum.slices()).isEqualTo(100);
        assertThat(sum.missing()).hasSize(97).doesNotContain(1, 2, 3);
        assertThatThrownBy(() -> sum.add(2, SliceArrays.floats(2))).hasMessageContaining("slices [2] give twice");
    }

    @Test
    void arraysCrossTheWireAsTheirBytesAndLittleMore() throws Exception {
        byte[] stream = bytes(new TreeSum<>(ArrayKind.FLOATS, 1).add(0, new float[10_000]));
        assertThat(stream.length).isBetween(40_000, 40_500);
    }

    private static byte[] bytes(TreeSum<?> sum) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(sum);
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings({"unchecked", "BanSerializableRead"}) // reads what the line before wrote
    private static <A> TreeSum<A> copy(TreeSum<A> sum) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(sum)))) {
            return (TreeSum<A>) in.readObject();
        }
    }
}
