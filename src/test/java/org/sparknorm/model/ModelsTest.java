package org.sparknorm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** The networks are those of the papers: parameters, channels, names, shapes. */
@Tag("unit")
class ModelsTest {
    private static final Shape IMAGE_NET = Shape.of(224, 224, 3);
    private static final Shape CIFAR = Shape.of(32, 32, 3);
    private static final Shape MNIST = Shape.of(28, 28, 1);

    private static Network build(Shape input, int classes, String... assignments) {
        ModelConfig config = ConfigFiles.ofText("steps = 1")
                .with(List.of(assignments))
                .toRunConfig()
                .model();
        return Models.build(config, input, classes, Blas.none());
    }

    private static int normalizedChannels(Network network) {
        return network.statistics().stream()
                .mapToInt(RunningStatistics::channels)
                .sum();
    }

    private static List<String> names(Network network) {
        return network.parameters().stream().map(Parameter::name).toList();
    }

    /** The counts are the paper's for both projections, and torchvision's for ResNet-50. */
    @ParameterizedTest
    @CsvSource({
        "bn-inception, 96, 11194984, 9952",
        "bn-inception, 128, 11285224, 10016",
        "resnet50, 96, 25557032, 26560"
    })
    void imageNetNetworksHaveTheirParametersAndChannels(String name, int projection, int parameters, int channels) {
        Network network = build(IMAGE_NET, 1000, "model.name=" + name, "model.projection=" + projection);
        assertThat(network.weightCount()).isEqualTo(parameters);
        assertThat(normalizedChannels(network)).isEqualTo(channels);
    }

    @Test
    void bnInceptionHas69Convolutions() {
        Network network = build(IMAGE_NET, 1000, "model.name=bn-inception");
        assertThat(network.rows().stream().filter(row -> row.layer() instanceof Conv2d))
                .hasSize(69);
        assertThat(names(network))
                .startsWith("conv1_7x7_s2.weight", "conv1_7x7_s2_bn.weight", "conv1_7x7_s2_bn.bias")
                .contains("inception_3c_double_3x3_2.weight", "inception_5b_pool_proj_bn.bias")
                .doesNotContain("inception_4e_1x1.weight", "inception_4e_pool_proj.weight")
                .endsWith("last_linear.weight", "last_linear.bias");
    }

    /** 5a and 5b have 3,232 of the 9,952 channels, at 7 × 7 pixels. */
    @Test
    void perActivationNormIsInTheLastModulesOfInception() {
        Network network = build(IMAGE_NET, 1000, "model.name=bn-inception", "model.norm-per-activation=true");
        assertThat(normalizedChannels(network)).isEqualTo(6720 + 49 * 3232);
        assertThat(network.parameters().stream()
                        .filter(parameter -> parameter.name().equals("inception_5b_1x1_bn.weight"))
                        .map(Parameter::shape))
                .containsExactly(Shape.of(352 * 49));
    }

    @Test
    void originalInceptionHasLocalResponseNormsAndDropout() {
        Network network = build(
                IMAGE_NET,
                1000,
                "model.name=bn-inception",
                "model.norm=none",
                "model.local-response-norm=true",
                "model.dropout=0.4");
        List<String> layers =
                network.rows().stream().map(row -> row.layer().toString()).toList();
        assertThat(layers)
                .filteredOn(layer -> layer.equals("local response norm"))
                .hasSize(2);
        assertThat(layers.get(layers.size() - 2)).isEqualTo("dropout 0.4");
        assertThat(network.weightCount())
                .isEqualTo(build(IMAGE_NET, 1000, "model.name=bn-inception", "model.norm=none")
                        .weightCount());
    }

    @Test
    void vectorsHaveNoInstances() {
        Network network = build(MNIST, 10, "model.name=cnn", "model.norm=instance", "model.norm-position=before");
        assertThat(names(network))
                .containsExactly(
                        "conv1.weight",
                        "bn1.weight",
                        "bn1.bias",
                        "conv2.weight",
                        "bn2.weight",
                        "bn2.bias",
                        "fc1.weight",
                        "fc1.bias",
                        "fc2.weight",
                        "fc2.bias");
    }

    @Test
    void switchableNormHasTheNamesOfItsAuthors() {
        Network network = build(MNIST, 10, "model.name=cnn", "model.norm=switchable");
        assertThat(names(network))
                .containsSubsequence("bn1.weight", "bn1.bias", "bn1.mean_weight", "bn1.var_weight", "conv2.weight");
        assertThat(network.statistics()).noneMatch(RunningStatistics::isCounted);
    }

    @Test
    void transformerHasThePyTorchNames() {
        Network network = build(Shape.of(32), 4, "model.name=transformer", "model.blocks=1");
        assertThat(names(network))
                .containsExactly(
                        "embed.weight",
                        "position",
                        "blocks.0.attention.in_proj_weight",
                        "blocks.0.attention.in_proj_bias",
                        "blocks.0.attention.out_proj.weight",
                        "blocks.0.attention.out_proj.bias",
                        "blocks.0.norm1.weight",
                        "blocks.0.norm1.bias",
                        "blocks.0.ff.0.weight",
                        "blocks.0.ff.0.bias",
                        "blocks.0.ff.2.weight",
                        "blocks.0.ff.2.bias",
                        "blocks.0.norm2.weight",
                        "blocks.0.norm2.bias",
                        "fc.weight",
                        "fc.bias");
        assertThat(names(build(MNIST, 10, "model.name=transformer", "model.blocks=0")))
                .containsExactly("embed.weight", "embed.bias", "position", "fc.weight", "fc.bias");
    }

    @Test
    void inceptionWithoutNormHasBiases() {
        Network network = build(IMAGE_NET, 1000, "model.name=bn-inception", "model.norm=none");
        assertThat(names(network)).startsWith("conv1_7x7_s2.weight", "conv1_7x7_s2.bias");
        assertThat(network.bufferCount()).isZero();
    }

    @Test
    void resnet20HasTorchvisionsNamesAndProjections() {
        Network network = build(CIFAR, 10, "model.name=resnet20");
        assertThat(network.weightCount()).isEqualTo(272_474);
        assertThat(names(network))
                .startsWith("conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight")
                .containsSubsequence(
                        "layer2.0.conv2.weight",
                        "layer2.0.bn2.weight",
                        "layer2.0.downsample.0.weight",
                        "layer2.0.downsample.1.weight",
                        "layer2.1.conv1.weight")
                .doesNotContain("layer1.0.downsample.0.weight")
                .endsWith("fc.weight", "fc.bias");
    }

    @Test
    void cnnOfTheSeedHasItsNormBehindTheActivation() {
        Network network = build(MNIST, 10, "model.name=cnn");
        assertThat(names(network))
                .containsExactly(
                        "conv1.weight",
                        "conv1.bias",
                        "bn1.weight",
                        "bn1.bias",
                        "conv2.weight",
                        "conv2.bias",
                        "bn2.weight",
                        "bn2.bias",
                        "fc1.weight",
                        "fc1.bias",
                        "bn3.weight",
                        "bn3.bias",
                        "fc2.weight",
                        "fc2.bias");
        assertThat(network.parameters().get(8).shape()).isEqualTo(Shape.of(64, 1600));
    }

    @Test
    void cnnWithTheNormBeforeHasNoBiasesThere() {
        assertThat(names(build(MNIST, 10, "model.name=cnn", "model.norm-position=before")))
                .startsWith("conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight");
    }

    @Test
    void widthScalesAllChannels() {
        Network network = build(IMAGE_NET, 10, "model.name=bn-inception", "model.width=0.25");
        assertThat(network.parameters().get(0).shape()).isEqualTo(Shape.of(16, 3, 7, 7));
        assertThat(normalizedChannels(network)).isEqualTo(9952 / 4);
    }

    @Test
    void convolutionThatDoesNotFitNamesItselfAndBothShapes() {
        assertThatThrownBy(() -> build(Shape.of(6, 6, 1), 10, "model.name=cnn"))
                .hasMessage("conv2.weight of shape [64, 32, 3, 3] (3×3, stride 1, padding 0) does not fit examples of"
                        + " shape [2, 2, 32]");
    }

    @Test
    void imagesTooSmallForInceptionAreRefusedByLayer() {
        assertThatThrownBy(() -> build(MNIST, 10, "model.name=bn-inception"))
                .hasMessage(
                        "inception_3c: branches give [2, 2, 160] and [1, 1, 320], which cannot stand side by side, for"
                                + " examples of shape [3, 3, 320]");
    }

    @Test
    void vectorsAreRefusedByConvolutionalNetworks() {
        assertThatThrownBy(() -> build(Shape.of(784), 10, "model.name=resnet20"))
                .hasMessage("the model needs images of height, width and channels, examples have shape [784]");
    }
}
