package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Packages import from lower floors only, on one floor only along the named edges, and libraries enter where they may: the
 * tables of the page on the design say where.
 */
@Tag("unit")
class FloorsTest {
    private static final String ROOT = "org.sparknorm.";

    private static final Map<String, Integer> FLOORS = new HashMap<>();

    /** From, to. */
    private static final Set<List<String>> EDGES_WITHIN_A_FLOOR = new HashSet<>();

    /** Prefixes of outside packages, and which packages may import them; the JDK is free to all. */
    private static final Map<String, Set<String>> LIBRARIES = new HashMap<>();

    static {
        Page design = Page.of(Path.of("src", "site", "markdown", "design.md"));
        for (List<String> row : design.table("floor")) {
            String name = Page.codeIn(row.get(1)).get(0);
            FLOORS.put(name, Integer.valueOf(row.get(0)));
            Page.codeIn(row.get(2)).forEach(other -> EDGES_WITHIN_A_FLOOR.add(List.of(name, other)));
        }
        for (List<String> row : design.table("library")) {
            LIBRARIES.put(Page.codeIn(row.get(0)).get(0), Set.copyOf(Page.codeIn(row.get(1))));
        }
    }

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
