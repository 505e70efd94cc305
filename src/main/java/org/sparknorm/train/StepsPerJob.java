package org.sparknorm.train;

/**
 * How many steps a job is to have: a fixed number, or that of 1, 4, 16, 64 and 256 which was measured to take the least
 * time per step. Never part of the result.
 *
 * <p>A search measures the best so far once more, then what lies above it while that is faster, else what lies below.
 * The next one comes when twice as many steps were made: at the beginning the JVM is still compiling, and what is
 * measured says little.
 */
public final class StepsPerJob {
    private static final int FACTOR = 4;
    private static final int LARGEST = 256;

    /** More steps per job must take at most this share of the time. */
    private static final double WORTH = 0.98;

    /** Longer jobs are not tried: they show no progress. */
    private static final double LONGEST_SECONDS = 5;

    /** This much is measured before something else is tried. */
    private static final double MEASURED_SECONDS = 0.2;

    private static final int MEASURED_JOBS = 3;

    private final int fixed;
    private int best = 1;
    private double bestSeconds = Double.POSITIVE_INFINITY;
    private int current = 1;
    private Phase phase = Phase.BEST;
    private boolean risen;
    private int jobs;
    private double seconds;
    private double least = Double.POSITIVE_INFINITY;
    private long steps;
    private long nextSearch;

    private enum Phase {
        BEST,
        UP,
        DOWN,
        REST
    }

    private StepsPerJob(int fixed) {
        this.fixed = fixed;
    }

    /** Makes one that always gives that many. */
    public static StepsPerJob fixed(int count) {
        return new StepsPerJob(count);
    }

    /** Makes one that measures. */
    public static StepsPerJob auto() {
        return new StepsPerJob(0);
    }

    /** Returns the number of steps of the next job, which may be cut short. */
    int next() {
        if (fixed > 0) {
            return fixed;
        }
        if (phase == Phase.REST && steps >= nextSearch) {
            measure(Phase.BEST, best);
        }
        return current;
    }

    /** Records how long a job took. */
    void took(int jobSteps, double jobSeconds) {
        steps += jobSteps;
        jobs++;
        seconds += jobSeconds;
        least = Math.min(least, jobSeconds / jobSteps);
        if (fixed == 0 && phase != Phase.REST && jobs >= MEASURED_JOBS && seconds >= MEASURED_SECONDS) {
            goOn();
        }
    }

    private void goOn() {
        switch (phase) {
            case BEST -> {
                bestSeconds = least;
                risen = false;
                tryMore();
            }
            case UP -> {
                if (least < WORTH * bestSeconds) {
                    best = current;
                    bestSeconds = least;
                    risen = true;
                    tryMore();
                } else {
                    tryFewer();
                }
            }
            case DOWN -> {
                if (WORTH * least <= bestSeconds) {
                    best = current;
                }
                rest();
            }
            case REST -> throw new IllegalStateException("nothing is being measured");
        }
    }

    private void tryMore() {
        int more = FACTOR * best;
        if (more <= LARGEST && more * bestSeconds <= LONGEST_SECONDS) {
            measure(Phase.UP, more);
        } else {
            tryFewer();
        }
    }

    private void tryFewer() {
        if (risen || best == 1) {
            rest();
        } else {
            measure(Phase.DOWN, best / FACTOR);
        }
    }

    private void rest() {
        measure(Phase.REST, best);
        nextSearch = 2 * steps;
    }

    private void measure(Phase next, int count) {
        phase = next;
        current = count;
        jobs = 0;
        seconds = 0;
        least = Double.POSITIVE_INFINITY;
    }
}
