import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Writes short texts about four subjects as CSV files, {@code FOLDER/train.csv} and {@code FOLDER/validation.csv}: {@code
 * java SampleText.java FOLDER TEXTS VALIDATION SEED}. A row is a label and a text of one to three sentences, of which one is
 * about the subject of the label and the others about nothing; some texts have commas, quotation marks, accents or a slip of
 * the keyboard. {@link Random} is the same on every machine, and so are the files.
 */
public final class SampleText {
    private static final double SHARE_OF_SLIPS = 0.2;

    private SampleText() {}

    /** A subject, with words that say who does what with what. */
    private record Subject(String label, List<String> who, List<String> verbs, List<String> objects) {}

    private static final List<Subject> SUBJECTS = List.of(
            new Subject(
                    "cooking",
                    List.of("the cook", "my aunt", "the baker", "our neighbour"),
                    List.of("stirred", "tasted", "salted", "warmed up"),
                    List.of("the soup", "a crème brûlée", "the lentils", "two loaves of bread", "the onions")),
            new Subject(
                    "music",
                    List.of("the pianist", "my aunt", "the choir", "our neighbour"),
                    List.of("rehearsed", "sang", "recorded", "tuned"),
                    List.of("the sonata", "a cello", "the old guitar", "two songs", "the refrain")),
            new Subject(
                    "travel",
                    List.of("the passengers", "my aunt", "the pilot", "our neighbour"),
                    List.of("missed", "booked", "boarded", "waited for"),
                    List.of("the night train", "a ferry to Malmö", "the flight", "two tickets", "the tram")),
            new Subject(
                    "weather",
                    List.of("the forecast", "my aunt", "the fisherman", "our neighbour"),
                    List.of("expected", "feared", "promised", "cursed"),
                    List.of("the rain", "a late frost", "the thunderstorm", "two days of fog", "the wind")));

    private static final List<String> ABOUT_NOTHING = List.of(
            "nobody was surprised",
            "it happened again on Tuesday",
            "\"as always\", they said",
            "there is little more to tell",
            "well, that was all",
            "we heard of it later, by letter",
            "for once, everything went well");

    private static final List<String> WHEN = List.of("", " yesterday", " this morning", " after all", ", at last,");

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[3]);
        write(folder.resolve("train.csv"), Integer.parseInt(arguments[1]), new Random(2 * seed));
        write(folder.resolve("validation.csv"), Integer.parseInt(arguments[2]), new Random(2 * seed + 1));
    }

    private static void write(Path file, int texts, Random random) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("label,text\n");
            for (int i = 0; i < texts; i++) {
                Subject subject = any(SUBJECTS, random);
                String text = text(subject, random).replace("\"", "\"\"");
                out.write(subject.label() + ",\"" + text + "\"\n");
            }
        }
    }

    private static String text(Subject subject, Random random) {
        StringBuilder text = new StringBuilder();
        int sentences = 1 + random.nextInt(3);
        int about = random.nextInt(sentences);
        for (int i = 0; i < sentences; i++) {
            String sentence = i == about ? about(subject, random) : any(ABOUT_NOTHING, random);
            text.append(i == 0 ? "" : " ").append(sentence).append('.');
        }
        if (random.nextDouble() < SHARE_OF_SLIPS) {
            int at = random.nextInt(text.length());
            text.setCharAt(at, (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static String about(Subject subject, Random random) {
        return any(subject.who(), random) + " " + any(subject.verbs(), random) + " " + any(subject.objects(), random)
                + any(WHEN, random).stripTrailing();
    }

    private static <T> T any(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
