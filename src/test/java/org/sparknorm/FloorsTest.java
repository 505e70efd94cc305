package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packages import from lower floors only, on one floor only along the named edges, and libraries enter where they may. */
@Tag("unit")
class FloorsTest {
    private static final String ROOT = "org.sparknorm.";

    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("job", 6),
            Map.entry("job.bench", 6),
            Map.entry("ml", 6),
            Map.entry("run", 5),
            Map.entry("spark", 4),
            Map.entry("spark.endpoint", 4),
            Map.entry("spark.source", 4),
            Map.entry("spark.shim", 4),
            Map.entry("train", 3),
            Map.entry("model", 3),
            Map.entry("onnx", 3),
            Map.entry("nn.norm", 2),
            Map.entry("nn", 2),
            Map.entry("optim", 2),
            Map.entry("data", 2),
            Map.entry("data.image", 2),
            Map.entry("checkpoint", 2),
            Map.entry("tensor", 1),
            Map.entry("tensor.convolution", 1),
            Map.entry("sync", 1),
            Map.entry("config", 1),
            Map.entry("report", 1));

    /** From, to. */
    private static final Set<List<String>> EDGES_WITHIN_A_FLOOR = Set.of(
            List.of("job", "job.bench"),
            List.of("spark", "spark.endpoint"),
            List.of("spark", "spark.source"),
            List.of("spark", "spark.shim"),
            List.of("spark.endpoint", "spark.shim"),
            List.of("spark.source", "spark.shim"),
            List.of("nn.norm", "nn"),
            List.of("optim", "nn"),
            List.of("checkpoint", "optim"),
            List.of("checkpoint", "nn"),
            List.of("data.image", "data"),
            List.of("tensor.convolution", "tensor"));

    /** Prefixes of outside packages, and which packages may import them; the JDK is free to all. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            Map.entry(
                    "org.apache.spark.",
                    Set.of("spark", "spark.endpoint", "spark.source", "spark.shim", "run", "job", "job.bench", "ml")),
            Map.entry("scala.", Set.of("spark", "spark.endpoint", "spark.source", "spark.shim", "job", "ml")),
            Map.entry(
                    "org.apache.hadoop.",
                    Set.of("spark", "spark.source", "run", "job", "job.bench", "ml", "checkpoint")),
            Map.entry("org.apache.logging.", Set.of("job")),
            Map.entry("org.slf4j.", Set.of("spark", "spark.endpoint", "run", "job")),
            Map.entry("picocli.", Set.of("job", "job.bench")),
            Map.entry("me.tongfei.", Set.of("run")),
            Map.entry("com.typesafe.config.", Set.of("config")),
            Map.entry("com.fasterxml.jackson.", Set.of("checkpoint", "config", "report")),
            Map.entry("dev.ludovic.netlib.", Set.of("tensor")),
            Map.entry("org.bytedeco.", Set.of("tensor")),
            Map.entry("jdk.incubator.vector.", Set.of("tensor", "tensor.convolution")),
            Map.entry("com.sun.jna.", Set.of("tensor")),
            Map.entry("org.apache.parquet.", Set.of("spark", "spark.source")),
            Map.entry("javax.imageio.", Set.of("data.image")),
            Map.entry("com.univocity.", Set.of("data")),
            Map.entry("com.codahale.metrics.", Set.of("spark")),
            Map.entry("com.sun.management.", Set.of("run")),
            Map.entry("org.apache.commons.math3.", Set.of("job.bench")),
            Map.entry("com.twelvemonkeys.", Set.of("data.image")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.sparknorm");

    @Test
    void everyPackageHasAFloor() {
        Set<String> packages = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            packages.add(packageOf(type));
        }
        assertThat(packages).isEqualTo(new TreeSet<>(FLOORS.keySet()));
    }

    @Test
    void packagesImportFromLowerFloors() {
        List<String> violations = new ArrayList<>();
        for (JavaClass type : CLASSES) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && !isAllowed(packageOf(type), packageOf(target))) {
                    violations.add(dependency.getDescription());
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void librariesEnterOnlyWhereTheyMay() {
        List<String> violations = new ArrayList<>();
        for (JavaClass type : CLASSES) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getName();
                if (isOutside(target) && !mayImport(packageOf(type), target)) {
                    violations.add(dependency.getDescription());
                }
            }
        }
        assertThat(violations).isEmpty();
    }

    private static boolean isAllowed(String from, String to) {
        int difference = FLOORS.get(from) - FLOORS.get(to);
        return from.equals(to) || difference > 0 || EDGES_WITHIN_A_FLOOR.contains(List.of(from, to));
    }

    private static boolean isOutside(String type) {
        return type.contains(".") && !type.startsWith(ROOT) && !type.startsWith("java.");
    }

    private static boolean mayImport(String from, String type) {
        return LIBRARIES.entrySet().stream()
                .anyMatch(library ->
                        type.startsWith(library.getKey()) && library.getValue().contains(from));
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length());
    }
}
