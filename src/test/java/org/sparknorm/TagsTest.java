package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tag {@code unit} is on each class of tests that starts no Spark, no command and no process, and on no other. */
@Tag("unit")
class TagsTest {
    /** By name, as this test starts none of them. */
    private static final Set<String> STARTS = Set.of(
            "org.apache.spark.SparkContext",
            "org.apache.spark.api.java.JavaSparkContext",
            "org.apache.spark.sql.SparkSession",
            "org.sparknorm.testing.LocalMaster",
            "org.sparknorm.testing.Commands",
            "java.lang.ProcessBuilder");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.OnlyIncludeTests())
            .importPackages("org.sparknorm");

    @Test
    void unitTestsAreThoseThatStartNothing() {
        Set<String> lackTheTag = new TreeSet<>();
        Set<String> haveTheTagAndStartSomething = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            boolean isTagged = type.isAnnotatedWith(Tag.class);
            if (isTest(type) && isTagged == startsSomething(type)) {
                (isTagged ? haveTheTagAndStartSomething : lackTheTag).add(type.getName());
            }
        }
        assertThat(lackTheTag).isEmpty();
        assertThat(haveTheTagAndStartSomething).isEmpty();
    }

    /** Fuzz tests have a JVM of their own, tests of the jar come when it is built, and what JMH generates is no test. */
    private static boolean isTest(JavaClass type) {
        String name = type.getSimpleName();
        return name.endsWith("Test")
                && !name.endsWith("FuzzTest")
                && !name.endsWith("JarTest")
                && !name.endsWith("jmhTest");
    }

    /** Itself, or through other classes of the tests. */
    private static boolean startsSomething(JavaClass test) {
        Set<JavaClass> seen = new HashSet<>();
        Deque<JavaClass> open = new ArrayDeque<>(Set.of(test));
        while (!open.isEmpty()) {
            JavaClass type = open.pop();
            if (STARTS.contains(type.getName())) {
                return true;
            }
            if (CLASSES.contain(type.getName()) && seen.add(type)) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    open.push(dependency.getTargetClass().getBaseComponentType());
                }
            }
        }
        return false;
    }
}
