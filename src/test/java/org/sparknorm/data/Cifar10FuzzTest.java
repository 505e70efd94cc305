package org.sparknorm.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** Files of all kinds as those of CIFAR-10. */
class Cifar10FuzzTest {
    /** Each image twice. */
    private static final long BYTES_PER_BYTE = 2;

    static Stream<Arguments> files() {
        byte[] labelled = new byte[3 * Cifar10.RECORD_BYTES];
        labelled[Cifar10.RECORD_BYTES] = 9;
        byte[] beyond = new byte[Cifar10.RECORD_BYTES];
        beyond[0] = 10;
        return Mutations.of(new byte[Cifar10.RECORD_BYTES], labelled, beyond, new byte[Cifar10.IMAGE_BYTES]);
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreReadOrRefused(byte[] file) {
        Reading.succeedsOrRefuses(BYTES_PER_BYTE * file.length, () -> {
            int records = Cifar10.records(file.length, "file");
            for (int i = 0; i < records; i++) {
                int start = i * Cifar10.RECORD_BYTES;
                byte[] record = Arrays.copyOfRange(file, start, start + Cifar10.RECORD_BYTES);
                Cifar10.label(record, i, "file");
                Cifar10.image(record, new byte[Cifar10.IMAGE_BYTES], 0);
            }
        });
    }
}
