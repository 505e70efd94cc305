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
 * {@code state.json}: the facts of a checkpoint, and length and SHA-256 of its other files. It carries a sum of itself, over
 * its text without that sum.
 */
record StateFile(Checkpoint.Facts facts, Map<String, Sum> sums) {
    static final String NAME = "state.json";

    /** Goes up when older programs could no longer read what is written. */
    private static final int FORMAT = 1;

    private static final String SHA256 = "sha256";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What a file must be. */
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
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException e) {
            throw damaged(file, "it is no JSON");
        }
        if (!(root instanceof ObjectNode object)) {
            throw damaged(file, "it is no JSON object");
        }
        int format = object.path("format").asInt(-1);
        if (format >= 0 && format != FORMAT) {
            throw new RefusedException(
                    file + " is of format " + format + ", this version reads format " + FORMAT,
                    "go on with the version that wrote it");
        }
        checkOwnSum(object, file);
        Map<String, String> software = new LinkedHashMap<>();
        object.path("software")
                .properties()
                .forEach(entry -> software.put(entry.getKey(), entry.getValue().asText()));
        Map<String, Sum> sums = new LinkedHashMap<>();
        object.path("files")
                .properties()
                .forEach(entry -> sums.put(
                        entry.getKey(),
                        new Sum(
                                entry.getValue().path("bytes").asLong(-1),
                                entry.getValue().path(SHA256).asText())));
        JsonNode top1 = object.path("top1");
        Checkpoint.Facts facts = new Checkpoint.Facts(
                object.path("step").asLong(-1),
                object.path("trainingExamples").asLong(-1),
                top1.isNumber() ? top1.asDouble() : null,
                software,
                object.path("configuration").asText());
        if (facts.step() < 0) {
            throw damaged(file, "it names no step");
        }
        return new StateFile(facts, sums);
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
