package org.sparknorm.run;

/** The version of this software. */
public final class Version {
    private Version() {}

    /** Returns the version that the manifest of the jar names. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }
}
