package org.sparknorm.sync;

import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Decides which of the slices of a process compute: at most {@code permits} at once, those with the lowest numbers
 * first. A permit goes from the slice that starts to wait straight to the next that can go on, so a sum costs one
 * change of thread per slice.
 *
 * <p>Every method is called by a thread that holds the lock.
 */
final class SlicePermits {
    private final Condition[] turn;
    private final State[] states;
    private int free;
    private Throwable failure;

    private enum State {
        ENDED,
        /** Waits for a permit. */
        READY,
        COMPUTING,
        /** Waits in a sum. */
        WAITING
    }

    SlicePermits(ReentrantLock lock, int members, int permits) {
        this.free = permits;
        this.turn = new Condition[members];
        this.states = new State[members];
        Arrays.setAll(turn, member -> lock.newCondition());
        Arrays.fill(states, State.READY);
    }

    /** All slices can go on, as far as there are permits. */
    void makeAllReady() {
        Arrays.fill(states, State.READY);
        grant();
    }

    /** Gives the free permits to slices that can go on. */
    void grant() {
        for (int member = 0; member < states.length && free > 0; member++) {
            if (states[member] == State.READY) {
                states[member] = State.COMPUTING;
                free--;
                turn[member].signal();
            }
        }
    }

    /** Returns when the slice may compute. Throws a {@link StoppedException} if it must not any more. */
    void await(int member) {
        try {
            while (states[member] != State.COMPUTING && failure == null) {
                turn[member].await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(e);
        }
        checkNotFailed();
    }

    /** The slice waits in a sum. Its permit is free, but not granted yet. */
    void startWaiting(int member) {
        states[member] = State.WAITING;
        free++;
    }

    void end(int member) {
        states[member] = State.ENDED;
        free++;
        grant();
    }

    boolean hasAnyEnded() {
        return Arrays.asList(states).contains(State.ENDED);
    }

    /** The first slice looks again at what it waits for in {@link #awaitForFirst}. */
    void wakeFirst() {
        turn[0].signal();
    }

    /** For the first slice: returns when what it waits for has come, or a slice has failed. */
    void awaitForFirst(BooleanSupplier hasCome) throws InterruptedException {
        while (!hasCome.getAsBoolean() && failure == null) {
            turn[0].await();
        }
    }

    /** No slice goes on from here. The first failure counts. */
    void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        for (Condition condition : turn) {
            condition.signalAll();
        }
    }

    /** Null if no slice has failed. */
    Throwable failure() {
        return failure;
    }

    void checkNotFailed() {
        if (failure != null) {
            throw new StoppedException(failure);
        }
    }

    /** Carries the failure of one slice through the stack of another. */
    static final class StoppedException extends RuntimeException {
        StoppedException(Throwable cause) {
            super(cause);
        }
    }
}
