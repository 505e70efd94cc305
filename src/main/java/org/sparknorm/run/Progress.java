package org.sparknorm.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.sparknorm.data.Split;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;

/** Shows the progress of a run, as a bar on a terminal or else as lines: loss, accuracy, rate and time left. */
final class Progress implements TrainingListener, AutoCloseable {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long BAR_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** The weight of the old value when loss, accuracy and rate are smoothed for display. */
    private static final double SMOOTHING = 0.98;

    private final long totalSteps;
    private final PrintStream out;
    private final ProgressBar bar;
    private final long interval;
    private long lastShown = System.nanoTime();
    private double loss = Double.NaN;
    private double accuracy;
    private double secondsPerStep;
    private boolean saidNotFinite;

    /** @param out is taken for a terminal if it is {@link System#out} and the process has a console */
    @SuppressWarnings("SystemConsoleNull") // on JDK 17, for which this is built, null means that there is no terminal
    Progress(long totalSteps, PrintStream out) {
        this.totalSteps = totalSteps;
        this.out = out;
        boolean terminal = out == System.out && System.console() != null;
        this.interval = terminal ? BAR_NANOS : LINE_NANOS;
        this.bar = terminal
                ? new ProgressBarBuilder()
                        .setTaskName("train")
                        .setInitialMax(totalSteps)
                        .setConsumer(new ConsoleProgressBarConsumer(out))
                        .hideEta()
                        .build()
                : null;
    }

    @Override
    public void onStep(Step step) {
        if (Double.isNaN(loss)) {
            loss = step.loss();
            accuracy = step.accuracy();
            secondsPerStep = step.seconds();
        }
        loss = smooth(loss, step.loss());
        accuracy = smooth(accuracy, step.accuracy());
        secondsPerStep = smooth(secondsPerStep, step.seconds());
        if (step.notFinite() != null && !saidNotFinite) {
            saidNotFinite = true;
            out.printf("step %d: %s is not finite; on-divergence = continue%n", step.step(), step.notFinite());
        }
        long now = System.nanoTime();
        if (now - lastShown >= interval || step.step() == totalSteps) {
            lastShown = now;
            show(step);
        }
    }

    private void show(Step step) {
        String text = String.format(
                Locale.ROOT,
                "loss %.4f  accuracy %.4f  %.1f steps/s  %s left",
                loss,
                accuracy,
                1 / secondsPerStep,
                time((totalSteps - step.step()) * secondsPerStep));
        if (bar != null) {
            bar.stepTo(step.step());
            bar.setExtraMessage(text);
            return;
        }
        out.printf("epoch %d step %d of %d  %s%n", step.epoch(), step.step(), totalSteps, text);
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        if (bar == null) {
            out.printf(
                    Locale.ROOT,
                    "step %d  %s loss %.4f  top-1 %.4f%n",
                    step,
                    split.word(),
                    evaluation.loss(),
                    evaluation.top1());
        }
    }

    private static double smooth(double old, double value) {
        return SMOOTHING * old + (1 - SMOOTHING) * value;
    }

    /** Returns a time in the form {@code 1:02:03}. */
    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
