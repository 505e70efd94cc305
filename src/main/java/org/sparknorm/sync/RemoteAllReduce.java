package org.sparknorm.sync;

/** How the slices of one process meet those of the others: gives the whole sum for the part known here. */
@FunctionalInterface
public interface RemoteAllReduce {
    /** Alone in the world: the part known here is the whole. */
    RemoteAllReduce NONE = new RemoteAllReduce() {
        @Override
        public <A> A complete(String name, TreeSum<A> part) {
            return part.root();
        }
    };

    /** Blocks until all slices are in. The array returned is shared and read-only. Called by one thread at a time. */
    <A> A complete(String name, TreeSum<A> part) throws InterruptedException;
}
