package org.sparknorm.spark.endpoint;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.train.GradientSum;

/**
 * Carries a sum of gradients through {@code treeAggregate}. Between processes the sum crosses the wire; within the
 * driver's own, where Spark would copy it four times on the way, only a number does, and the sum itself is handed over.
 */
public final class GradientPayload implements Externalizable {
    private GradientSum sum;
    private GradientHandover handover;
    private long number;

    /** Merges two payloads; takes over both. */
    public record Merge(Broadcast<EndpointAddress> address) implements TreeAggregation.Merge<GradientPayload> {
        @Override
        public GradientPayload merge(GradientPayload left, GradientPayload right) {
            GradientHandover handover = address.value().handover();
            return new GradientPayload(left.open(handover).merge(right.open(handover)), handover);
        }
    }

    /** For deserialization only. */
    public GradientPayload() {}

    /** @param handover null where the payload is to cross the wire */
    public GradientPayload(GradientSum sum, GradientHandover handover) {
        this.sum = sum;
        this.handover = handover;
    }

    /** The sum that is in it. */
    public GradientSum open(GradientHandover from) {
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
