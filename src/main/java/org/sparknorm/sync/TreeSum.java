package org.sparknorm.sync;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums arrays over slices 0..S-1 in one fixed binary tree over the slice numbers, so that neither the order of arrival
 * nor the grouping can show in the bits.
 *
 * <p>Level 0 holds the slices' arrays; node i of level l+1 is node 2i + node 2i+1 of level l. Level l has ⌈S/2ˡ⌉ nodes;
 * the last node of a level with an odd count has no sibling and is its own parent, unchanged. The state of a partial
 * sum is the set of nodes it knows, siblings always joined, so {@link #merge} is associative and commutative to the
 * bit.
 *
 * <p>The sum owns the arrays it is given and adds to them in place. Not thread-safe.
 */
public final class TreeSum<A> implements Externalizable {
    private ArrayKind<A> kind;
    private int slices;
    private BitSet added = new BitSet();
    /** The nodes that are known, by {@link #key}. */
    private TreeMap<Long, A> nodes = new TreeMap<>();

    /** For deserialization only. */
    public TreeSum() {}

    /** The empty sum over that many slices, neutral for {@link #merge}. */
    public TreeSum(ArrayKind<A> kind, int slices) {
        if (slices < 1) {
            throw new IllegalArgumentException("a sum needs at least one slice, not " + slices);
        }
        this.kind = kind;
        this.slices = slices;
    }

    public int slices() {
        return slices;
    }

    /** How many arrays this partial sum holds. */
    public int nodeCount() {
        return nodes.size();
    }

    /**
     * Adds the array of one slice.
     *
     * @throws IllegalStateException if the slice has been added before, or is none of 0..S-1
     */
    public TreeSum<A> add(int slice, A values) {
        if (slice < 0 || slice >= slices) {
            throw new IllegalStateException("slice " + slice + " is none of 0.." + (slices - 1));
        }
        if (added.get(slice)) {
            throw new IllegalStateException("slices [" + slice + "] give twice to one sum");
        }
        added.set(slice);
        insert(0, slice, values);
        return this;
    }

    /**
     * Adds the slices of another partial sum, which must not be used afterwards.
     *
     * @throws IllegalStateException if a slice is in both
     */
    public TreeSum<A> merge(TreeSum<A> other) {
        if (other.slices != slices || other.kind != kind) {
            throw new IllegalStateException("sums over " + slices + " and " + other.slices + " slices do not merge");
        }
        if (added.intersects(other.added)) {
            BitSet twice = (BitSet) added.clone();
            twice.and(other.added);
            throw new IllegalStateException("slices " + list(twice) + " give twice to one sum");
        }
        added.or(other.added);
        for (Map.Entry<Long, A> node : other.nodes.entrySet()) {
            insert(level(node.getKey()), index(node.getKey()), node.getValue());
        }
        return this;
    }

    /** Whether all slices have been added. */
    public boolean isComplete() {
        return added.cardinality() == slices;
    }

    /** The slices that have not been added yet, ascending. */
    public List<Integer> missing() {
        BitSet missing = new BitSet();
        missing.set(0, slices);
        missing.andNot(added);
        return list(missing);
    }

    /**
     * The whole sum.
     *
     * @throws IllegalStateException if slices are missing
     */
    public A root() {
        if (!isComplete()) {
            throw new IllegalStateException("slices " + missing() + " are missing in a sum");
        }
        return nodes.firstEntry().getValue();
    }

    /** Adds a node, joins it with its sibling if that is known, and so on towards the root. */
    private void insert(int leafLevel, int leafIndex, A values) {
        int level = leafLevel;
        int index = leafIndex;
        A sum = values;
        while (count(level) > 1) {
            int sibling = index ^ 1;
            if (sibling < count(level)) {
                A other = nodes.remove(key(level, sibling));
                if (other == null) {
                    break;
                }
                A left = index < sibling ? sum : other;
                kind.addInto(left, left == sum ? other : sum);
                sum = left;
            }
            level++;
            index >>= 1;
        }
        nodes.put(key(level, index), sum);
    }

    /** The number of nodes of a level: ⌈S/2ˡ⌉. */
    private int count(int level) {
        return (int) ((slices + (1L << level) - 1) >> level);
    }

    private static long key(int level, int index) {
        return (long) level << Integer.SIZE | index;
    }

    private static int level(long key) {
        return (int) (key >>> Integer.SIZE);
    }

    private static int index(long key) {
        return (int) key;
    }

    private static List<Integer> list(BitSet set) {
        List<Integer> list = new ArrayList<>(set.cardinality());
        for (int slice = set.nextSetBit(0); slice >= 0; slice = set.nextSetBit(slice + 1)) {
            list.add(slice);
        }
        return list;
    }

    /** Writes arrays as bulk bytes, see {@link ArrayKind}. */
    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        out.writeByte(kind.code());
        out.writeInt(slices);
        out.writeObject(added.toLongArray());
        out.writeInt(nodes.size());
        for (Map.Entry<Long, A> node : nodes.entrySet()) {
            out.writeLong(node.getKey());
            kind.write(out, node.getValue());
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the code was written by the kind of A
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        kind = (ArrayKind<A>) ArrayKind.ofCode(in.readByte());
        slices = in.readInt();
        added = BitSet.valueOf((long[]) in.readObject());
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            long key = in.readLong();
            nodes.put(key, kind.read(in));
        }
    }
}
