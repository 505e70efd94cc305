package org.sparknorm.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;

/**
 * The checkpoints of a run, each a folder such as {@code step-00001000}. A folder gets that name when all its files are
 * on disk. On an object store, where names cannot change, {@code state.json} is written last: a folder without it is no
 * checkpoint.
 */
public final class CheckpointFolder {
    private static final String MODEL = "model.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})");
    /** Bytes of state.json that are read; a configuration is thousands of times smaller. */
    private static final int LARGEST_STATE = 16 << 20;

    private final AtomicFiles files;
    private final Path folder;

    public CheckpointFolder(AtomicFiles files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /** Writes a checkpoint that is either whole or not there, and returns its path. */
    public Path write(Checkpoint checkpoint, Network network) throws IOException {
        String name = String.format(Locale.ROOT, "step-%08d", checkpoint.facts().step());
        Path target = new Path(folder, name);
        Path place = files.isObjectStore() ? target : AtomicFiles.temporary(target);
        remove(place);
        files.system().mkdirs(place);
        Map<String, StateFile.Sum> sums = new LinkedHashMap<>();
        sums.put(MODEL, writeTensors(new Path(place, MODEL), checkpoint.model().entries(network)));
        sums.put(OPTIMIZER, writeTensors(new Path(place, OPTIMIZER), checkpoint.optimizerEntries(network)));
        byte[] state = new StateFile(checkpoint.facts(), sums).toJson();
        files.create(new Path(place, StateFile.NAME), out -> out.write(state));
        if (!files.isObjectStore()) {
            remove(target);
            if (!files.system().rename(place, target)) {
                throw new IOException(place + " cannot be renamed to " + target);
            }
        }
        return target;
    }

    private StateFile.Sum writeTensors(Path file, List<Safetensors.Entry> entries) throws IOException {
        MessageDigest digest = Sha256.digest();
        files.create(file, out -> Safetensors.write(new DigestOutputStream(out, digest), entries));
        return new StateFile.Sum(files.system().getFileStatus(file).getLen(), Sha256.finish(digest));
    }

    /** All folders with the name of a checkpoint, the newest first. */
    public List<Path> newestFirst() throws IOException {
        List<Path> found = new ArrayList<>();
        try {
            for (FileStatus status : files.system().listStatus(folder)) {
                if (status.isDirectory()
                        && NAME.matcher(status.getPath().getName()).matches()) {
                    found.add(status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return found;
        }
        found.sort(Comparator.comparingLong(CheckpointFolder::step).reversed());
        return found;
    }

    private static long step(Path checkpoint) {
        Matcher name = NAME.matcher(checkpoint.getName());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /** @throws RefusedException if the checkpoint is not there, is damaged, or is of another format */
    public Checkpoint.Facts readFacts(Path checkpoint) throws IOException {
        return readState(checkpoint).facts();
    }

    private StateFile readState(Path checkpoint) throws IOException {
        Path file = new Path(checkpoint, StateFile.NAME);
        try (InputStream in = files.open(file)) {
            return StateFile.of(in.readNBytes(LARGEST_STATE), file.toString());
        } catch (FileNotFoundException e) {
            throw new RefusedException(
                    checkpoint + " is no whole checkpoint: it lacks " + StateFile.NAME, "name another one");
        }
    }

    /**
     * Reads a checkpoint and checks every byte of it.
     *
     * @param optimizerArrays the names of the arrays that the run's optimizer keeps
     * @throws RefusedException if the checkpoint is not there, is damaged, or is of another format or model
     */
    public Checkpoint read(Path checkpoint, Network network, Set<String> optimizerArrays) throws IOException {
        StateFile state = readState(checkpoint);
        Path model = new Path(checkpoint, MODEL);
        Path optimizer = new Path(checkpoint, OPTIMIZER);
        return new Checkpoint(
                state.facts(),
                ModelTensors.of(network, readTensors(model, state), model.toString()),
                Checkpoint.optimizer(network, optimizerArrays, readTensors(optimizer, state), optimizer.toString()));
    }

    private Map<String, Safetensors.Entry> readTensors(Path file, StateFile state) throws IOException {
        StateFile.Sum sum = state.sums().get(file.getName());
        if (sum == null) {
            throw StateFile.damaged(file.getParent().toString(), StateFile.NAME + " has no sum of " + file.getName());
        }
        try {
            long length = files.system().getFileStatus(file).getLen();
            if (length != sum.bytes()) {
                throw StateFile.damaged(file.toString(), "it has " + length + " bytes of " + sum.bytes());
            }
            try (InputStream in = files.system().open(file);
                    DigestInputStream digested = new DigestInputStream(in, Sha256.digest())) {
                Map<String, Safetensors.Entry> tensors = Safetensors.read(digested, length, file.toString());
                if (!Sha256.finish(digested.getMessageDigest()).equals(sum.sha256())) {
                    throw StateFile.damaged(file.toString(), "its sum is wrong");
                }
                return tensors;
            }
        } catch (FileNotFoundException e) {
            throw StateFile.damaged(file.getParent().toString(), "it lacks " + file.getName());
        }
    }

    /** Removes all but the newest and the best, which has the highest top-1 of those whose step was evaluated. */
    public void prune(int keep) throws IOException {
        List<Path> all = newestFirst();
        Set<Path> kept = new HashSet<>(all.subList(0, Math.min(keep, all.size())));
        if (kept.size() == all.size()) {
            return;
        }
        kept.add(best(all));
        for (Path checkpoint : all) {
            if (!kept.contains(checkpoint)) {
                remove(checkpoint);
            }
        }
    }

    private Path best(List<Path> newestFirst) throws IOException {
        Path best = newestFirst.get(0);
        double highest = Double.NEGATIVE_INFINITY;
        for (Path checkpoint : newestFirst) {
            Double top1 = top1(checkpoint);
            if (top1 != null && top1 > highest) {
                highest = top1;
                best = checkpoint;
            }
        }
        return best;
    }

    private Double top1(Path checkpoint) throws IOException {
        try {
            return readFacts(checkpoint).top1();
        } catch (RefusedException e) {
            return null; // a damaged checkpoint is not the best
        }
    }

    /**
     * Removes the checkpoints after the step from which a run continues, which it will write again, and unfinished
     * ones.
     */
    public void removeAfter(long step) throws IOException {
        for (FileStatus status : files.system().listStatus(folder)) {
            if (AtomicFiles.isTemporary(status.getPath().getName())) {
                remove(status.getPath());
            }
        }
        for (Path checkpoint : newestFirst()) {
            if (step(checkpoint) > step) {
                remove(checkpoint);
            }
        }
    }

    /** Removes the marker first, so that half of a checkpoint is never taken for a whole one. */
    private void remove(Path checkpoint) throws IOException {
        files.system().delete(new Path(checkpoint, StateFile.NAME), false);
        files.system().delete(checkpoint, true);
    }
}
