package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a network says of an example. */
@Tag("unit")
class ScoresTest {
    @Test
    void likeliestComeFirstAndTheFirstOfEqualsBeforeTheOthers() {
        double[] probabilities = {0.1, 0.2, 0.05, 0.3, 0.1, 0.02, 0.23};
        Prediction prediction = new Scores("a", 3, 6, probabilities).likeliest();
        assertThat(prediction.classes()).containsExactly(3, 6, 1, 0, 4);
        assertThat(prediction.probabilities()).containsExactly(0.3, 0.23, 0.2, 0.1, 0.1);
        for (int rank = 0; rank < Prediction.MOST_CLASSES; rank++) {
            Scores labelled = new Scores("a", 3, prediction.classes()[rank], probabilities);
            assertThat(labelled.rank()).isEqualTo(rank);
        }
        assertThat(new Scores("a", 3, 2, probabilities).rank()).isEqualTo(5);
    }

    @Test
    void fewClassesAreAllThereAndWithoutALabelThereIsNoRank() {
        Scores scores = new Scores("", 0, -1, new double[] {0.4, 0.6});
        assertThat(scores.likeliest().classes()).containsExactly(1, 0);
        assertThat(scores.rank()).isEqualTo(-1);
        assertThat(new Scores("", 0, 1, new double[] {Double.NaN, Double.NaN}).rank())
                .isEqualTo(-1);
    }

    @Test
    void lossOfWhatIsImpossibleIsANumber() {
        assertThat(new Scores("", 0, 1, new double[] {0.75, 0.25}).loss()).isCloseTo(Math.log(4), within(1e-15));
        assertThat(new Scores("", 0, 1, new double[] {1, 0}).loss()).isBetween(700.0, 800.0);
    }
}
