package org.sparknorm.spark;

/**
 * How gradients reach the driver in a step of one slice a task.
 *
 * @param inGroup how many each task of the level between takes in; 0 without such
 * @param atDriver how many the driver takes in
 */
public record GradientPath(int inGroup, int atDriver) {
    /** As {@link SliceAssignment} has it. */
    public static GradientPath of(int tasks, long gradientBytes) {
        SliceAssignment runs = SliceAssignment.of(tasks, tasks, gradientBytes);
        int groups = SliceAssignment.groups(tasks, runs.depth());
        return new GradientPath(runs.depth() == 1 ? 0 : (tasks + groups - 1) / groups, runs.nodesAtDriver());
    }
}
