package org.sparknorm.data;

/** The two sets of examples of a run. */
public enum Split {
    TRAIN,
    VALIDATION;

    /** The word of configuration and files: {@code train} or {@code validation}. */
    public String word() {
        return this == TRAIN ? "train" : "validation";
    }
}
