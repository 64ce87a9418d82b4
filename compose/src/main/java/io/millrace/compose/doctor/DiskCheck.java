package io.millrace.compose.doctor;

import io.millrace.compose.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether topics can be kept in a folder, and for how long. */
public final class DiskCheck implements Check {
    private static final String SUBJECT = "disk";
    /** A broker makes segments of 64 MB, two or three of them at once. */
    static final long LEAST = 256L << 20;
    private static final long COMFORTABLE = 4L << 30;

    private final Path folder;
    private final long freeOrNegative;

    /** Of a folder that need not exist yet. */
    public DiskCheck(Path folder) {
        this(folder, -1);
    }

    /** As if so much were free. */
    DiskCheck(Path folder, long free) {
        this.folder = folder;
        this.freeOrNegative = free;
    }

    @Override
    public List<Finding> findings() {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return List
                    .of(Finding.problem(SUBJECT, existing + " cannot be written to, so that topics cannot be kept in "
                            + folder, "give another folder with --data, or yourself the right to write"));
        }
        try {
            return List.of(judge(freeOrNegative < 0 ? Files.getFileStore(existing).getUsableSpace() : freeOrNegative));
        } catch (IOException e) {
            return List
                    .of(Finding.problem(SUBJECT, existing + " cannot be looked at: " + e, "give another with --data"));
        }
    }

    private Finding judge(long free) {
        String found = Bytes.readable(free) + " free for topics in " + folder;
        String remedy = "make room, name another folder with --data, or shorten what topics keep (docs/operations.md)";
        if (free < LEAST) {
            return Finding.problem(SUBJECT, found, remedy);
        }
        return free < COMFORTABLE ? Finding.warn(SUBJECT, found, remedy) : Finding.ok(SUBJECT, found);
    }
}
