package org.sparknorm.data.image;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** Image files of all kinds. */
class ImageDecoderFuzzTest {
    private static final int COPIES = 4;

    static Stream<Arguments> files() {
        Stream<byte[]> files = ImageDecoderDamageTest.files()
                .map(arguments -> (byte[]) arguments.get()[1]);
        return Mutations.of(Stream.concat(files, ImageDecoderTest.claims()).toArray(byte[][]::new));
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreDecodedOrBad(byte[] file) {
        // Checksums are corrected; otherwise those of a PNG would hide all other damage.
        byte[] bytes = file.length > 0 && file[file.length - 1] % 2 == 0 ? PngFiles.withChecksums(file) : file;
        Reading.succeedsOrRefuses(mostBytes(bytes), () -> new ImageDecoder(100_000_000).decode(bytes));
    }

    private static long mostBytes(byte[] file) {
        try {
            return COPIES * Picture.CHANNELS * ImageFormat.of(file).mostPixels(file.length);
        } catch (BadImageException e) {
            return 0;
        }
    }
}
