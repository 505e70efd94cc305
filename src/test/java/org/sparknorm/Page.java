package org.sparknorm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Markdown file of the project: its lines of prose and of code blocks, and what stands in them. */
record Page(Path file, List<String> prose, List<String> code) {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final String FENCE = "```";

    static Page of(Path file) {
        List<String> prose = new ArrayList<>();
        List<String> code = new ArrayList<>();
        boolean inCode = false;
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(FENCE)) {
                    inCode = !inCode;
                } else {
                    (inCode ? code : prose).add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(file, prose, code);
    }

    /** What stands between backticks in a text. */
    static List<String> codeIn(String text) {
        return CODE.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** Targets of links, without those in code. */
    List<String> links() {
        List<String> links = new ArrayList<>();
        for (String line : prose) {
            Matcher matcher = LINK.matcher(CODE.matcher(line).replaceAll("code"));
            while (matcher.find()) {
                links.add(matcher.group(1));
            }
        }
        return links;
    }

    /** Names by which GitHub lets one link to the headings. */
    List<String> anchors() {
        return prose.stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} -]", "").replace(' ', '-'))
                .toList();
    }

    /** Cells of the rows, without the heading, of the first table whose first column has that heading. */
    List<List<String>> table(String firstHeading) {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : prose) {
            boolean isRow = line.startsWith("|");
            List<String> cells = isRow ? cells(line) : List.of();
            if (inside && !isRow) {
                return rows;
            }
            if (inside && !cells.get(0).startsWith("---")) {
                rows.add(cells);
            }
            inside = inside || (isRow && cells.get(0).equals(firstHeading));
        }
        return rows;
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.substring(1).split("(?<!\\\\)\\|", -1))
                .map(String::strip)
                .toList();
    }

    /** Commands of the code blocks, with lines that end in a backslash joined to the next. */
    List<String> commands() {
        return String.join("\n", code).replace("\\\n", " ").lines().toList();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
