package org.sparknorm.spark.endpoint;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.train.GradientSum;

/**
 * A sum of gradients on its way through {@code treeAggregate}. Between processes it crosses the wire; within the driver's
 * own, where Spark would copy it four times on the way, only a number does, and the sum itself is handed over.
 */
public final class GradientPayload implements Externalizable {
    private GradientSum sum;
    private Handover handover;
    private long number;

    /** Sums that lie ready within a process. */
    public static final class Handover {
        private final Map<Long, GradientSum> ready = new ConcurrentHashMap<>();
        private final AtomicLong last = new AtomicLong();

        private long put(GradientSum sum) {
            long number = last.incrementAndGet();
            ready.put(number, sum);
            return number;
        }

        private GradientSum take(long number) {
            GradientSum sum = ready.remove(number);
            if (sum == null) {
                throw new IllegalStateException("gradient " + number + " was taken before, or is of an earlier try");
            }
            return sum;
        }

        /** Drops what a failed try has left. */
        public void clear() {
            ready.clear();
        }
    }

    /** Merges two parcels; takes over both. */
    public record Merge(Broadcast<EndpointClient.Address> address) implements TreeAggregation.Merge<GradientPayload> {
        @Override
        public GradientPayload merge(GradientPayload left, GradientPayload right) {
            Handover handover = address.value().handover();
            return new GradientPayload(left.open(handover).merge(right.open(handover)), handover);
        }
    }

    /** For deserialization only. */
    public GradientPayload() {}

    /** @param handover null where the parcel is to cross the wire */
    public GradientPayload(GradientSum sum, Handover handover) {
        this.sum = sum;
        this.handover = handover;
    }

    /** What is in it. */
    public GradientSum open(Handover from) {
        return sum == null ? from.take(number) : sum;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        out.writeBoolean(handover != null);
        if (handover != null) {
            out.writeLong(handover.put(sum));
        } else {
            sum.writeExternal(out);
        }
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        if (in.readBoolean()) {
            number = in.readLong();
        } else {
            sum = new GradientSum();
            sum.readExternal(in);
        }
    }
}
