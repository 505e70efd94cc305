package org.sparknorm.run;

import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.norm.BatchStatistics;
import org.sparknorm.train.BatchPlan;

/**
 * Checks that the norms of a run see at least two values per channel in every batch, as their statistics need. This
 * follows from the numbers of examples, of examples per batch and of slices, and from the network.
 */
final class BatchChecks {
    private BatchChecks() {}

    /** @throws RefusedException if no batch is whole and others are dropped, or a norm would see a single value */
    static void check(BatchPlan plan, Network network) {
        if (plan.stepsPerEpoch() == 0) {
            throw new RefusedException(
                    plan.examples() + " examples do not fill one batch of " + plan.batchSize(),
                    "lower batch-size, or keep the last batch with data.last-batch=keep");
        }
        int last = (int) (plan.examples() % plan.batchSize());
        for (Network.Row row : network.rows()) {
            if (!(row.layer() instanceof BatchStatistics norm)) {
                continue;
            }
            int positions = norm.valuesPerExample(row.input());
            if (plan.examples() >= plan.batchSize() && seesOneValue(plan, norm, plan.batchSize(), positions)) {
                throw new RefusedException(
                        norm.name() + " would see one value per channel in a batch of " + plan.batchSize(),
                        norm.isSynchronized() ? "raise batch-size" : "raise batch-size or lower slices");
            }
            if (last > 0 && !plan.dropLast() && seesOneValue(plan, norm, last, positions)) {
                throw new RefusedException(
                        norm.name() + " would see one value per channel in the last batch of an epoch, which has "
                                + last + " of " + plan.batchSize() + " examples",
                        "leave that batch out with data.last-batch=drop");
            }
        }
    }

    private static boolean seesOneValue(BatchPlan plan, BatchStatistics norm, int batchExamples, int positions) {
        if (norm.isSynchronized()) {
            return batchExamples * positions == 1;
        }
        for (int slice = 0; slice < plan.slices(); slice++) {
            if (plan.share(slice, batchExamples) * positions == 1) {
                return true;
            }
        }
        return false;
    }
}
