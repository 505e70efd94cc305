package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.RefusedException;

/** Records of CIFAR-10's binary files. */
@Tag("unit")
class Cifar10Test {
    @Test
    void imageHasItsChannelsInnermost() {
        byte[] record = new byte[Cifar10.RECORD_BYTES];
        record[0] = 7;
        record[1 + 33] = 1;
        record[1 + 1024 + 33] = 2;
        record[1 + 2048 + 33] = (byte) 200;
        byte[] target = new byte[4 + Cifar10.IMAGE_BYTES];
        Cifar10.image(record, target, 4);
        assertThat(Cifar10.label(record, 0, "file")).isEqualTo(7);
        assertThat(target[4 + 3 * 33]).isEqualTo((byte) 1);
        assertThat(target[4 + 3 * 33 + 1]).isEqualTo((byte) 2);
        assertThat(target[4 + 3 * 33 + 2]).isEqualTo((byte) 200);
    }

    @Test
    void lengthGivesTheNumberOfRecords() {
        assertThat(Cifar10.records(3073L * 10_000, "data_batch_1.bin")).isEqualTo(10_000);
    }

    @Test
    void lengthThatIsNoNumberOfRecordsIsRefused() {
        assertThatThrownBy(() -> Cifar10.records(3074, "data_batch_1.bin"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("data_batch_1.bin has 3074 bytes");
        assertThatThrownBy(() -> Cifar10.records(0, "data_batch_1.bin")).isInstanceOf(RefusedException.class);
    }

    @Test
    void labelBeyondTheClassesIsRefusedByRecord() {
        byte[] record = new byte[Cifar10.RECORD_BYTES];
        record[0] = 10;
        assertThatThrownBy(() -> Cifar10.label(record, 3, "data_batch_1.bin"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("data_batch_1.bin: record 3 has label 10");
    }
}
