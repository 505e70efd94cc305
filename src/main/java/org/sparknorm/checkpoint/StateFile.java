package org.sparknorm.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparknorm.config.RefusedException;

/**
 * The content of {@code state.json}: the facts of a checkpoint, and length and SHA-256 of its other files. The file
 * also holds the SHA-256 of its own text without that sum.
 */
record StateFile(Checkpoint.Facts facts, Map<String, Sum> sums) {
    static final String NAME = "state.json";

    /** Rises when older programs can no longer read what is written. */
    private static final int FORMAT = 1;

    private static final String SHA256 = "sha256";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The length and the sum that a file must have. */
    record Sum(long bytes, String sha256) {}

    byte[] toJson() throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("step", facts.step());
        root.put("trainingExamples", facts.trainingExamples());
        root.put("top1", facts.top1());
        root.set("software", JSON.valueToTree(facts.software()));
        root.put("configuration", facts.configuration());
        ObjectNode files = root.putObject("files");
        sums.forEach(
                (name, sum) -> files.putObject(name).put("bytes", sum.bytes()).put(SHA256, sum.sha256()));
        root.put(SHA256, ownSum(root));
        return JSON.writeValueAsBytes(root);
    }

    /**
     * @param file for messages
     * @throws RefusedException if the text is damaged or of another format
     */
    static StateFile of(byte[] json, String file) {
        ObjectNode root = object(json, file);
        int format = root.path("format").asInt(-1);
        if (format >= 0 && format != FORMAT) {
            throw new RefusedException(
                    file + " is of format " + format + ", this version reads format " + FORMAT,
                    "go on with the version that wrote it");
        }
        checkOwnSum(root, file);
        Checkpoint.Facts facts = facts(root);
        if (facts.step() < 0) {
            throw damaged(file, "it names no step");
        }
        Map<String, Sum> sums = new LinkedHashMap<>();
        root.path("files").properties().forEach(entry -> {
            JsonNode sum = entry.getValue();
            sums.put(
                    entry.getKey(),
                    new Sum(sum.path("bytes").asLong(-1), sum.path(SHA256).asText()));
        });
        return new StateFile(facts, sums);
    }

    private static ObjectNode object(byte[] json, String file) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw damaged(file, "it is no JSON");
        }
        throw damaged(file, "it is no JSON object");
    }

    private static Checkpoint.Facts facts(ObjectNode root) {
        JsonNode top1 = root.path("top1");
        Map<String, String> software = new LinkedHashMap<>();
        root.path("software")
                .properties()
                .forEach(entry -> software.put(entry.getKey(), entry.getValue().asText()));
        return new Checkpoint.Facts(
                root.path("step").asLong(-1),
                root.path("trainingExamples").asLong(-1),
                top1.isNumber() ? top1.asDouble() : null,
                software,
                root.path("configuration").asText());
    }

    private static void checkOwnSum(ObjectNode object, String file) {
        JsonNode claimed = object.remove(SHA256);
        try {
            if (claimed == null || !claimed.asText().equals(ownSum(object))) {
                throw damaged(file, "its sum is wrong");
            }
        } catch (JsonProcessingException e) {
            throw damaged(file, "it cannot be written again");
        }
    }

    private static String ownSum(ObjectNode root) throws JsonProcessingException {
        return Sha256.of(JSON.writeValueAsBytes(root));
    }

    static RefusedException damaged(String file, String how) {
        return new RefusedException(file + " is damaged: " + how, "name another checkpoint");
    }
}
