package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No package has too many files, no file too many lines, and no files of a package need each other in a circle. */
@Tag("unit")
class StructureTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path TESTS = Path.of("src/test/java");
    private static final int MOST_FILES = 30;
    private static final int MOST_LINES = 300;

    /** The circle that stays: a visitor and what it visits. */
    private static final Set<Set<String>> CIRCLES =
            Set.of(Set.of("org.sparknorm.nn.Layer", "org.sparknorm.nn.LayerVisitor"));

    @Test
    void packagesAreSmall() throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        for (Path file : sources(SOURCES)) {
            files.merge(SOURCES.relativize(file.getParent()).toString().replace('/', '.'), 1, Integer::sum);
        }
        files.forEach((name, count) -> System.out.printf("%-30s %3d files%n", name, count));
        assertThat(files.values()).allMatch(count -> count <= MOST_FILES);
    }

    @Test
    void filesAreShort() throws IOException {
        List<Path> files = new ArrayList<>(sources(SOURCES));
        files.addAll(sources(TESTS));
        List<String> longer = new ArrayList<>();
        for (Path file : files) {
            long lines = Files.readAllLines(file).size();
            if (lines > MOST_LINES) {
                longer.add(file.getFileName() + " " + lines);
            }
        }
        System.out.println("files of more than " + MOST_LINES + " lines: " + longer);
        assertThat(longer).isEmpty();
    }

    @Test
    void filesOfAPackageHaveNoCircle() {
        Map<String, Set<String>> arrows = arrows();
        Set<Set<String>> circles = new HashSet<>(circles(arrows));
        circles.removeAll(CIRCLES);
        circles.forEach(circle -> System.out.println("circle: " + circle));
        System.out.println("circles of files: " + circles.size() + ", but for " + CIRCLES);
        assertThat(circles).isEmpty();
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** From each file to those of its package that it names. */
    private static Map<String, Set<String>> arrows() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.sparknorm")) {
            Set<String> targets = arrows.computeIfAbsent(file(type), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().equals(type.getPackageName())
                        && !file(target).equals(file(type))) {
                    targets.add(file(target));
                }
            }
        }
        return arrows;
    }

    private static String file(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /** The strongly connected components of more than one file. */
    private static List<Set<String>> circles(Map<String, Set<String>> arrows) {
        Map<String, Set<String>> reached = new HashMap<>();
        arrows.keySet().forEach(from -> reached.put(from, reach(from, arrows)));
        Set<Set<String>> circles = new HashSet<>();
        for (String file : arrows.keySet()) {
            Set<String> circle = new TreeSet<>();
            for (String other : reached.get(file)) {
                if (reached.get(other).contains(file)) {
                    circle.add(other);
                }
            }
            if (!circle.isEmpty()) {
                circles.add(circle);
            }
        }
        return List.copyOf(circles);
    }

    private static Set<String> reach(String from, Map<String, Set<String>> arrows) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(arrows.get(from));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(arrows.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }
}
