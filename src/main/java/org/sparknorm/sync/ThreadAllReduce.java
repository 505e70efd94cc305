package org.sparknorm.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the slices of one process, each on a thread of its own, and lets them sum among each other and, through a {@link
 * RemoteAllReduce}, with those of other processes. At most {@code permits} threads compute at once; a slice that waits
 * in a sum holds no permit.
 *
 * <p>The first slice runs on the calling thread, which alone calls the {@link RemoteAllReduce}: interrupting the caller
 * is enough to stop everything, and a process with one slice starts no thread at all. A slice that throws fails all
 * others.
 */
public final class ThreadAllReduce {
    private final int slices;
    private final int first;
    private final int members;
    private final RemoteAllReduce remote;
    /** Guards all that follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private final SlicePermits permits;
    /** The sum in which the slices meet. */
    private SumId current;

    private int arrived;
    private long lastArrivalNanos;
    private long remoteNanos;
    private TreeSum<double[]> statistics;
    private TreeSum<float[]> gradients;
    private double[] result;

    /** Gradients have no name of a layer, so that they are never taken for statistics. */
    private record SumId(ArrayKind<?> kind, String name) {
        static final SumId GRADIENTS = new SumId(ArrayKind.FLOATS, "of gradients");

        @Override
        public String toString() {
            return name;
        }
    }

    /** What a slice does. Runs with a permit; may block in sums only. */
    @FunctionalInterface
    public interface Body<R> {
        R run(int slice, SliceAllReduce allReduce) throws InterruptedException;
    }

    /** What the first slice does, without the lock, when all slices of this process have arrived in a sum. */
    @FunctionalInterface
    private interface Completion {
        void run() throws InterruptedException;
    }

    /** Slices first..first+members-1 of 0..slices-1 run here. */
    public ThreadAllReduce(int slices, int first, int members, int permits, RemoteAllReduce remote) {
        this.slices = slices;
        this.first = first;
        this.members = members;
        this.remote = remote;
        this.permits = new SlicePermits(lock, members, permits);
    }

    /**
     * The time in which all slices of this process waited for statistics of others. For the thread that calls {@link
     * #run}.
     */
    public long remoteNanos() {
        return remoteNanos;
    }

    /**
     * Runs the body once for every slice and returns when all have ended. Called once.
     *
     * @return the results of the slices, ascending
     * @throws InterruptedException if the caller was interrupted; the other slices have ended by then
     */
    public <R> List<R> run(Body<R> body) throws InterruptedException {
        List<AtomicReference<R>> results = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int member = 0; member < members; member++) {
            results.add(new AtomicReference<>());
        }
        // Before the threads start: permits go out in the order of the slices, to the caller's first.
        locked(permits::makeAllReady);
        for (int member = 1; member < members; member++) {
            int index = member;
            Thread thread =
                    new Thread(() -> runMember(index, body, results.get(index)), "sparknorm-slice-" + (first + member));
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        runMember(0, body, results.get(0));
        joinAll(threads);
        if (permits.failure() != null) {
            throwFailure(permits.failure());
        }
        return results.stream().map(AtomicReference::get).toList();
    }

    /** Waits for the other slices however often the caller is interrupted: they use its buffers. */
    private void joinAll(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    locked(() -> permits.fail(e));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <R> void runMember(int member, Body<R> body, AtomicReference<R> memberResult) {
        try {
            locked(() -> permits.await(member));
            memberResult.set(body.run(first + member, new Member(member)));
            locked(() -> end(member));
        } catch (Throwable e) { // whatever it is, the other slices must not wait for this one
            Throwable cause = e instanceof SlicePermits.StoppedException ? e.getCause() : e;
            locked(() -> permits.fail(cause));
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void end(int member) {
        if (arrived > 0) {
            throw unequal(current);
        }
        permits.end(member);
    }

    private static IllegalStateException unequal(SumId sum) {
        return new IllegalStateException("not every slice takes part in the sum " + sum);
    }

    private static void throwFailure(Throwable failure) throws InterruptedException {
        if (failure instanceof InterruptedException) {
            throw new InterruptedException("stopped while slices were summing");
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException(failure);
    }

    private double[] sumStatistics(int member, String name, double[] values) {
        lock.lock();
        try {
            enter(new SumId(ArrayKind.DOUBLES, name));
            statistics.add(first + member, values);
            meet(member, this::completeStatistics);
            return result;
        } finally {
            lock.unlock();
        }
    }

    private void sumGradients(int member, float[] gradient, SliceAllReduce.GradientAction action) {
        lock.lock();
        try {
            enter(SumId.GRADIENTS);
            gradients.add(first + member, gradient);
            meet(member, () -> action.apply(gradients));
        } finally {
            lock.unlock();
        }
    }

    /** All other slices wait for the result, so it needs no lock. */
    private void completeStatistics() throws InterruptedException {
        result = remote.sum(current.name(), statistics);
        remoteNanos += System.nanoTime() - lastArrivalNanos;
    }

    private void enter(SumId sum) {
        permits.checkNotFailed();
        if (permits.hasAnyEnded()) {
            throw unequal(sum);
        }
        if (arrived == 0) {
            current = sum;
            statistics = new TreeSum<>(ArrayKind.DOUBLES, slices);
            gradients = new TreeSum<>(ArrayKind.FLOATS, slices);
        } else if (!current.equals(sum)) {
            throw new IllegalStateException("slices meet in different sums: " + current + " and " + sum);
        }
    }

    /**
     * Returns when all slices of this process have arrived, the first has completed the sum, and this one has a permit.
     */
    private void meet(int member, Completion completion) {
        arrived++;
        permits.startWaiting(member);
        if (arrived == members) {
            lastArrivalNanos = System.nanoTime();
            permits.wakeFirst();
        } else {
            permits.grant();
        }
        if (member == 0) {
            complete(completion);
        }
        permits.await(member);
    }

    /** On the thread that called {@link #run}. */
    private void complete(Completion completion) {
        try {
            permits.awaitForFirst(() -> arrived == members);
            // The last slice's signal hides an interrupt that came just before it.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            permits.checkNotFailed();
            lock.unlock();
            try {
                completion.run();
            } finally {
                lock.lock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SlicePermits.StoppedException(e);
        }
        arrived = 0;
        permits.makeAllReady();
    }

    private final class Member implements SliceAllReduce {
        private final int member;

        Member(int member) {
            this.member = member;
        }

        @Override
        public double[] sum(String name, double[] values) {
            return sumStatistics(member, name, values);
        }

        @Override
        public void sumGradients(float[] gradient, GradientAction action) {
            ThreadAllReduce.this.sumGradients(member, gradient, action);
        }
    }
}
