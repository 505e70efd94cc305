package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar that is built lists the libraries that it carries, with the texts of their licences. */
class JarTest {
    private static final String TEXTS = "META-INF/licenses/";
    private static final String APACHE = "net.java.dev.jna/AL2.0";
    private static final String BSD = "Redistributions in binary form must reproduce the above copyright";

    /**
     * What the jar carries of one group of artifacts.
     *
     * @param packages where its classes lie
     * @param text file with its licence
     * @param words that the text holds
     */
    private record Library(String packages, String text, String words) {}

    private static final Map<String, Library> LIBRARIES = Map.of(
            "org.bytedeco", new Library("org/bytedeco/", APACHE, "Apache License"),
            "net.java.dev.jna", new Library("com/sun/jna/", APACHE, "Apache License"),
            "info.picocli", new Library("picocli/", APACHE, "Apache License"),
            "com.typesafe", new Library("com/typesafe/config/", APACHE, "Apache License"),
            "com.twelvemonkeys.imageio", new Library("com/twelvemonkeys/", "com.twelvemonkeys.txt", BSD),
            "com.twelvemonkeys.common", new Library("com/twelvemonkeys/", "com.twelvemonkeys.txt", BSD),
            "me.tongfei", new Library("me/tongfei/", "me.tongfei.txt", "The MIT License"),
            "org.jline", new Library("org/jline/", "org.jline.txt", BSD));

    /** Group, artifact and version, as the last parentheses of a line begin. */
    private static final Pattern ARTIFACT = Pattern.compile("\\(([\\w.-]+):[\\w.-]+:[\\w.-]+ - [^()]*\\)$");

    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile("target/sparknorm.jar");
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    private static String text(String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        assertThat(entry).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> files(String ending) {
        return jar.stream()
                .map(JarEntry::getName)
                .filter(name -> name.endsWith(ending))
                .toList();
    }

    @Test
    void eachLibraryIsListed() throws IOException {
        Set<String> groups = new TreeSet<>();
        for (String line : text("META-INF/THIRD-PARTY.txt").lines().toList()) {
            Matcher artifact = ARTIFACT.matcher(line);
            if (artifact.find()) {
                groups.add(artifact.group(1));
            }
        }
        assertThat(groups).isEqualTo(LIBRARIES.keySet());
    }

    @Test
    void eachClassIsOfAListedLibrary() {
        Set<String> known = LIBRARIES.values().stream().map(Library::packages).collect(Collectors.toSet());
        assertThat(files(".class"))
                .filteredOn(name -> !name.startsWith("org/sparknorm/"))
                .allMatch(
                        name -> known.stream().anyMatch(name.replaceFirst("^META-INF/versions/\\d+/", "")::startsWith));
    }

    @Test
    void eachLibraryHasTheTextOfItsLicence() throws IOException {
        for (Library library : LIBRARIES.values()) {
            assertThat(text(TEXTS + library.text())).contains(library.words());
        }
    }

    /** Those of OpenBLAS and of the compiler that made it have licences of their own. */
    @Test
    void nativeLibrariesHaveTheTextsOfTheirLicences() throws IOException {
        String texts = text(TEXTS + "org.bytedeco.txt");
        assertThat(texts).contains(BSD);
        assertThat(files(""))
                .filteredOn(name -> name.matches("org/bytedeco/openblas/.*\\.so\\.\\d+"))
                .isNotEmpty()
                .allMatch(name -> texts.contains(name.substring(name.lastIndexOf('/'))));
        assertThat(text(TEXTS + "gcc-runtime.txt"))
                .contains("GCC RUNTIME LIBRARY EXCEPTION", "GNU GENERAL PUBLIC LICENSE");
        assertThat(text(TEXTS + "net.java.dev.jna/LGPL2.1")).contains("GNU LESSER GENERAL PUBLIC LICENSE");
    }
}
