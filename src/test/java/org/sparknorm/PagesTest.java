package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.job.Main;
import picocli.CommandLine;

/** What README and the other pages name exists: links, files, tests, commands, their arguments and keys. */
@Tag("unit")
class PagesTest {
    private static final int MOST_README_LINES = 160;
    /** Files and folders of the repository in a text; a name in capitals stands for any. */
    private static final Pattern REPOSITORY_PATH = Pattern.compile(
            "(?<![\\w/.-])((?:conf|jobs|data-scripts|src|\\.github|\\.mvn|\\.ci)/[\\w./*-]+|pom\\.xml)");

    private static final Pattern CLASS = Pattern.compile("(?<![\\w*])[A-Z][a-z]+\\w*Test\\b");
    private static final Pattern WORD = Pattern.compile("(?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+");
    private static final Pattern ASSIGNMENT = Pattern.compile("[a-z][a-z0-9.-]*=.*");
    /** Options of spark-submit that have no value. */
    private static final Set<String> FLAGS = Set.of("--supervise", "--verbose");

    private static final Set<String> CONFIGURED = Set.of("train", "check", "verify");

    private static List<Page> pages() throws IOException {
        List<Path> files = new ArrayList<>(List.of(
                Path.of("README.md"),
                Path.of(".github", "CONTRIBUTING.md"),
                Path.of("conf", "README.md"),
                Path.of("jobs", "README.md"),
                Path.of("data-scripts", "README.md")));
        try (Stream<Path> site = Files.list(Path.of("src", "site", "markdown"))) {
            site.sorted().forEach(files::add);
        }
        return files.stream().map(Page::of).toList();
    }

    @Test
    void frontPageIsShort() {
        Page front = Page.of(Path.of("README.md"));
        assertThat(front.prose().size() + front.code().size()).isLessThanOrEqualTo(MOST_README_LINES);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Page page) {
        List<String> broken = new ArrayList<>();
        for (String link : page.links()) {
            if (!link.startsWith("https://") && !leadsSomewhere(page, link)) {
                broken.add(link);
            }
        }
        assertThat(broken).isEmpty();
    }

    private static boolean leadsSomewhere(Page page, String link) {
        int sharp = link.indexOf('#');
        String path = sharp < 0 ? link : link.substring(0, sharp);
        Path target = path.isEmpty() ? page.file() : folder(page).resolve(path).normalize();
        return Files.exists(target) && (sharp < 0 || Page.of(target).anchors().contains(link.substring(sharp + 1)));
    }

    private static Path folder(Page page) {
        return page.file().toAbsolutePath().getParent();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void filesExist(Page page) throws IOException {
        List<String> text = new ArrayList<>(page.code());
        page.prose().forEach(line -> text.addAll(Page.codeIn(line)));
        List<String> missing = new ArrayList<>();
        for (String line : text) {
            for (MatchResult path : REPOSITORY_PATH.matcher(line).results().toList()) {
                if (!exists(path.group(1))) {
                    missing.add(path.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    /** Whether something has that path, in which a star stands for any part of a name. */
    private static boolean exists(String path) throws IOException {
        if (!path.contains("*")) {
            return Files.exists(Path.of(path));
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
        try (Stream<Path> files = Files.walk(Path.of(path.substring(0, path.indexOf('/'))))) {
            return files.anyMatch(matcher::matches);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testsThatAreNamedExist(Page page) throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            tests = Set.copyOf(files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .toList());
        }
        List<String> missing = Stream.concat(page.prose().stream(), page.code().stream())
                .flatMap(line -> CLASS.matcher(line).results())
                .map(MatchResult::group)
                .filter(name -> !tests.contains(name))
                .toList();
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsCanBeRun(Page page) {
        List<String> wrong = new ArrayList<>();
        for (String line : page.commands()) {
            List<String> words = WORD.matcher(line)
                    .results()
                    .map(word -> word.group().replaceAll("['\"]", ""))
                    .toList();
            try {
                if (words.contains("jobs/submit") && !words.contains("COMMAND")) {
                    check(afterSubmit(words));
                } else if (!words.isEmpty() && words.get(0).startsWith("jobs/")) {
                    ConfigFiles.ofText("").with(assignments(words));
                }
            } catch (RuntimeException e) {
                wrong.add(line + ": " + e.getMessage());
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The words of a line from the command of Sparknorm to the end of that command. */
    private static List<String> afterSubmit(List<String> words) {
        int first = words.indexOf("jobs/submit") + 1;
        while (words.get(first).startsWith("--")) {
            first += FLAGS.contains(words.get(first)) ? 1 : 2;
        }
        return words.subList(first, words.size()).stream()
                .takeWhile(word -> !word.equals("&") && !word.equals("|"))
                .toList();
    }

    private static List<String> assignments(List<String> words) {
        return words.stream().filter(word -> ASSIGNMENT.matcher(word).matches()).toList();
    }

    private static void check(List<String> words) {
        CommandLine command = new CommandLine(Main.class);
        command.parseArgs(words.toArray(String[]::new));
        for (String word : words) {
            command = command.getSubcommands().getOrDefault(word, command);
        }
        String help = command.getUsageMessage();
        boolean isSweep = words.get(0).equals("sweep");
        List<String> assignments = assignments(words).stream()
                .filter(word -> !help.contains(word.substring(0, word.indexOf('=') + 1)))
                // A sweep has many values of a key where a run has one.
                .map(word -> isSweep ? word.substring(0, word.indexOf('=') + 1) + "1" : word)
                .toList();
        boolean isWhole = CONFIGURED.contains(words.get(0))
                && words.size() > 1
                && words.get(1).startsWith("conf/");
        ConfigSource configuration =
                isWhole ? ConfigFiles.ofFile(Path.of(words.get(1)).toFile()) : ConfigFiles.ofText("");
        ConfigSource changed = configuration.with(assignments);
        if (isWhole) {
            changed.toRunConfig();
        }
    }

    @Test
    void aWrongKeyWouldBeFound() {
        assertThat(Arrays.asList(
                        "train conf/mnist-bn.conf stepz=3", "evaluate runs/x splits=train", "trane conf/mnist-bn.conf"))
                .allSatisfy(line -> assertThatThrownBy(() -> check(Arrays.asList(line.split(" ", -1))))
                        .isInstanceOf(RuntimeException.class));
    }
}
