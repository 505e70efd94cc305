package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The five likeliest classes of an example. */
class PredictionTest {
    @Test
    void likeliestComeFirstAndTheFirstOfEqualsBeforeTheOthers() {
        Prediction prediction = Prediction.of("a", 3, 6, new double[] {0.1, 0.2, 0.05, 0.3, 0.1, 0.02, 0.23});
        assertThat(prediction.classes()).containsExactly(3, 6, 1, 0, 4);
        assertThat(prediction.probabilities()).containsExactly(0.3, 0.23, 0.2, 0.1, 0.1);
        assertThat(prediction.rank(6)).isEqualTo(1);
        assertThat(prediction.rank(2)).isEqualTo(-1);
    }

    @Test
    void fewClassesAreAllThere() {
        Prediction prediction = Prediction.of("", 0, -1, new double[] {0.4, 0.6});
        assertThat(prediction.classes()).containsExactly(1, 0);
        assertThat(prediction.rank(prediction.label())).isEqualTo(-1);
    }
}
