package org.sparknorm.spark;

/**
 * How gradients reach the driver in a step with one slice per task.
 *
 * @param inGroup how many each task of the level between receives; 0 where there is no such level
 * @param atDriver how many the driver receives
 */
public record GradientPath(int inGroup, int atDriver) {
    /** Returns the path that {@link SliceAssignment} chooses. */
    public static GradientPath of(int tasks, long gradientBytes) {
        SliceAssignment assignment = SliceAssignment.of(tasks, tasks, gradientBytes);
        int groups = SliceAssignment.groups(tasks, assignment.depth());
        return new GradientPath(
                assignment.depth() == 1 ? 0 : (tasks + groups - 1) / groups, assignment.nodesAtDriver());
    }
}
