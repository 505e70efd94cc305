package org.sparknorm.job;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.onnx.OnnxModel;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.run.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code export RUN output=PATH [format=onnx|safetensors] [fold=true|false] [weights=PATH] [statistics=running|population]}
 * writes the model of a run as one file, without Spark.
 */
@Command(
        name = "export",
        description = "Writes the model of a run as a file for other software.",
        footerHeading = "%nArguments:%n",
        footer = {
            "  output=PATH                     new file",
            "  format=onnx|safetensors         (onnx)",
            "  fold=true|false                 whether batch norms become a part of the convolution or linear layer",
            "                                  directly before, where that is exact (onnx: true, safetensors: false)",
            "  weights=PATH                    another safetensors file",
            "  statistics=running|population   those of the norms (running)",
            "  data.size=PIXELS                of format idx, if the data are gone"
        })
final class ExportCommand implements Callable<Integer> {
    private static final String FORMAT = "format";
    private static final String OUTPUT = "output";
    private static final String FOLD = "fold";
    private static final String ONNX = "onnx";
    private static final String YES = "true";
    private static final String NO = "false";

    @Mixin
    private RunParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        Set<String> own = Set.of(FORMAT, OUTPUT, FOLD, TrainedModel.WEIGHTS, TrainedModel.STATISTICS);
        CommandArguments given = CommandArguments.split(parameters.arguments(), own);
        boolean isOnnx = given.choice(FORMAT, List.of(ONNX, "safetensors")).equals(ONNX);
        boolean folds =
                given.choice(FOLD, isOnnx ? List.of(YES, NO) : List.of(NO, YES)).equals(YES);
        Path output = new Path(AbsolutePaths.of(OUTPUT, given.required(OUTPUT), hadoop));
        AtomicFiles files = AtomicFiles.of(output, hadoop);
        if (files.system().exists(output)) {
            throw new RefusedException(OUTPUT + " = " + output + " is there already", "name a new file, or remove it");
        }
        TrainedModel model = TrainedModel.of(parameters.run(), given.assignments(), hadoop);
        Network network = model.network();
        ModelTensors state = model.read(
                network,
                model.chosenWeights(
                        given.own().get(TrainedModel.WEIGHTS),
                        given.choice(TrainedModel.STATISTICS, TrainedModel.STATISTICS_KINDS)));
        if (isOnnx) {
            writeOnnx(OnnxModel.of(network, state, folds, about(model, network, state)), output, files);
        } else {
            writeTensors(folds ? FoldedTensors.of(network, state) : state.entries(network), output, files);
        }
        return 0;
    }

    private static OnnxModel.About about(TrainedModel model, Network network, ModelTensors state) {
        DataConfig data = model.config().data();
        Map<String, String> properties = new LinkedHashMap<>();
        if (!model.classNames().isEmpty()) {
            properties.put("classes", String.join("\n", model.classNames()));
        }
        properties.put("mean", data.mean().toString());
        properties.put("deviation", data.deviation().toString());
        properties.put("binarize", Boolean.toString(data.binarize()));
        properties.put("weightsSha256", Safetensors.sha256(state.entries(network)));
        return new OnnxModel.About(Version.text(), properties);
    }

    private static void writeOnnx(OnnxModel model, Path output, AtomicFiles files) throws IOException {
        files.write(output, model::writeTo);
        System.out.printf(
                "ONNX model (operator set %d) of %d nodes and %d bytes written to %s: %s%n",
                OnnxModel.OPERATOR_SET, model.nodes(), model.length(), output, model.description());
    }

    private static void writeTensors(List<Safetensors.Entry> entries, Path output, AtomicFiles files)
            throws IOException {
        files.write(output, out -> Safetensors.write(out, entries));
        System.out.printf(
                "%d tensors, %d bytes, written to %s%n",
                entries.size(), files.system().getFileStatus(output).getLen(), output);
    }
}
