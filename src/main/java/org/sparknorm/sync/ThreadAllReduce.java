package org.sparknorm.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the slices of one process, each on a thread of its own, and lets them sum among each other and, through an {@link
 * RemoteAllReduce}, with the rest. At most {@code permits} threads compute at once; one that waits in a sum holds no permit.
 *
 * <p>The first slice runs on the calling thread, which alone calls the exchange: interrupting the caller is enough to
 * stop everything, and a process with one slice starts no thread at all. A slice that throws fails all others.
 *
 * <p>A permit goes from the slice that starts to wait straight to the next that can go on, so a sum costs one change of
 * thread per slice.
 */
public final class ThreadAllReduce {
    private final int slices;
    private final int first;
    private final int members;
    private final RemoteAllReduce exchange;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition[] turn;
    private final State[] states;
    private int freePermits;
    private int arrived;
    private long lastArrivalNanos;
    private long exchangeNanos;
    private String collectingName;
    private TreeSum<?> collecting;
    private Object result;
    private Throwable failure;

    private enum State {
        ENDED,
        /** Waits for a permit. */
        READY,
        COMPUTING,
        /** Waits in a sum. */
        WAITING
    }

    /** What a slice does. Runs with a permit; may block in sums only. */
    @FunctionalInterface
    public interface Body<R> {
        R run(int slice, AllReduce allReduce) throws InterruptedException;
    }

    /** The results of the slices, ascending, and the time in which all of them waited for the exchange. */
    public record Outcome<R>(List<R> results, long exchangeNanos) {}

    /** Slices first..first+members-1 of 0..slices-1 meet here. */
    public ThreadAllReduce(int slices, int first, int members, int permits, RemoteAllReduce exchange) {
        this.slices = slices;
        this.first = first;
        this.members = members;
        this.exchange = exchange;
        this.freePermits = permits;
        this.turn = new Condition[members];
        this.states = new State[members];
        for (int member = 0; member < members; member++) {
            turn[member] = lock.newCondition();
            states[member] = State.READY;
        }
    }

    /** In which all slices waited for the exchange until now. For the exchange, on whose thread it counts. */
    public long exchangeNanos() {
        return exchangeNanos;
    }

    /**
     * Runs the body once for every slice and returns when all have ended. One call a meeting.
     *
     * @throws InterruptedException if the caller was interrupted; the other slices have ended by then
     */
    public <R> Outcome<R> run(Body<R> body) throws InterruptedException {
        List<AtomicReference<R>> results = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int member = 0; member < members; member++) {
            results.add(new AtomicReference<>());
        }
        // Permits go out in order of the members' numbers, the caller first.
        lock.lock();
        try {
            grantPermits();
        } finally {
            lock.unlock();
        }
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
        if (failure != null) {
            throwFailure();
        }
        return new Outcome<>(results.stream().map(AtomicReference::get).toList(), exchangeNanos);
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
                    fail(e);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <R> void runMember(int member, Body<R> body, AtomicReference<R> result) {
        try {
            begin(member);
            result.set(body.run(first + member, new Member(member)));
            end(member);
        } catch (Throwable e) { // whatever it is, the other slices must not wait for this one
            fail(e instanceof StoppedException stopped ? stopped.getCause() : e);
        }
    }

    private void begin(int member) {
        lock.lock();
        try {
            awaitPermit(member);
        } finally {
            lock.unlock();
        }
    }

    private void end(int member) {
        lock.lock();
        try {
            if (arrived > 0) {
                throw unequal(collectingName);
            }
            states[member] = State.ENDED;
            freePermits++;
            grantPermits();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            for (Condition condition : turn) {
                condition.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private <A> A sum(int member, ArrayKind<A> kind, String name, A values) {
        lock.lock();
        try {
            stopIfFailed();
            checkNoneHasEnded(name);
            collect(kind, name).add(first + member, values);
            arrived++;
            states[member] = State.WAITING;
            freePermits++;
            if (arrived == members) {
                lastArrivalNanos = System.nanoTime();
                turn[0].signal();
            } else {
                grantPermits();
            }
            if (member == 0) {
                completeSum();
            }
            awaitPermit(member);
            return resultAs(kind);
        } finally {
            lock.unlock();
        }
    }

    private void checkNoneHasEnded(String name) {
        for (State state : states) {
            if (state == State.ENDED) {
                throw unequal(name);
            }
        }
    }

    private static IllegalStateException unequal(String name) {
        return new IllegalStateException("not every slice takes part in the sum " + name);
    }

    @SuppressWarnings("unchecked") // all members of one sum give the same kind, see collect
    private <A> TreeSum<A> collect(ArrayKind<A> kind, String name) {
        if (arrived == 0) {
            collecting = new TreeSum<>(kind, slices);
            collectingName = name;
        } else if (!collectingName.equals(name)) {
            throw new IllegalStateException("slices meet in different sums: " + collectingName + " and " + name);
        }
        return (TreeSum<A>) collecting;
    }

    @SuppressWarnings({"unchecked", "unused"}) // the kind fixes the type of the result
    private <A> A resultAs(ArrayKind<A> kind) {
        return (A) result;
    }

    /** On the calling thread of {@link #run}: waits for the own slices, then for all others. */
    private void completeSum() {
        try {
            while (arrived < members && failure == null) {
                turn[0].await();
            }
            // The last slice's signal hides an interrupt that came just before it.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            stopIfFailed();
            lock.unlock();
            Object sum;
            try {
                sum = exchange.complete(collectingName, collecting);
            } finally {
                lock.lock();
            }
            exchangeNanos += System.nanoTime() - lastArrivalNanos;
            result = sum;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(e);
        }
        arrived = 0;
        collecting = null;
        for (int member = 0; member < members; member++) {
            states[member] = State.READY;
        }
        grantPermits();
    }

    private void grantPermits() {
        for (int member = 0; member < members && freePermits > 0; member++) {
            if (states[member] == State.READY) {
                states[member] = State.COMPUTING;
                freePermits--;
                turn[member].signal();
            }
        }
    }

    private void awaitPermit(int member) {
        try {
            while (states[member] != State.COMPUTING && failure == null) {
                turn[member].await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(e);
        }
        stopIfFailed();
    }

    private void stopIfFailed() {
        if (failure != null) {
            throw new StoppedException(failure);
        }
    }

    private void throwFailure() throws InterruptedException {
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

    private final class Member implements AllReduce {
        private final int member;

        Member(int member) {
            this.member = member;
        }

        @Override
        public double[] sum(String name, double[] values) {
            return ThreadAllReduce.this.sum(member, ArrayKind.DOUBLES, name, values);
        }

        @Override
        public float[] sum(String name, float[] values) {
            return ThreadAllReduce.this.sum(member, ArrayKind.FLOATS, name, values);
        }
    }

    /** Carries the failure of one slice through the stack of another. */
    private static final class StoppedException extends RuntimeException {
        StoppedException(Throwable cause) {
            super(cause);
        }
    }
}
