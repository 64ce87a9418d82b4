package io.millrace.compose.pull;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fetches models into a folder. A file is in its place only once it is whole and checked. */
public final class Puller {
    /** How often a file may change under way before it is given up. */
    private static final int MOST_CHANGES = 3;
    /** Of the disk, to be left to others. */
    private static final long SPARE_BYTES = 64L << 20;

    private final Web web;
    private final Path folder;
    private final PullOptions options;
    private final PullProgress progress;

    public Puller(Web web, Path folder, PullOptions options, PullProgress progress) {
        this.web = web;
        this.folder = folder;
        this.options = options;
        this.progress = progress;
    }

    private record Wanted(RemoteFile file, Path target, Version version) {}

    /**
     * Fetches all files of a model that are not there.
     *
     * @param sha256 that the only file must have, if it is known
     * @return where they are, in order
     * @throws PullException if one cannot be had
     */
    public List<Path> pull(List<RemoteFile> files, Optional<String> sha256) {
        if (sha256.isPresent() && files.size() > 1) {
            throw new PullException("--sha256 is of one file, and this model has " + files.size()
                    + ": fetch it without");
        }
        var targets = new ArrayList<Path>();
        var wanted = new ArrayList<Wanted>();
        for (RemoteFile file : files) {
            Path target = folder.resolve(file.target());
            targets.add(target);
            onDisk(target, () -> {
                look(file, target, sha256).ifPresent(wanted::add);
                return null;
            });
        }
        onDisk(folder, () -> {
            requireSpace(wanted);
            return null;
        });
        wanted.forEach(this::fetch);
        return targets;
    }

    private interface OnDisk<T> {
        T run() throws IOException;
    }

    private <T> T onDisk(Path path, OnDisk<T> action) {
        try {
            return action.run();
        } catch (FileSystemException e) {
            throw new PullException(path + " cannot be written (" + (e.getReason() == null
                    ? e.getClass().getSimpleName()
                    : e.getReason()) + "): name another folder with --models", e);
        } catch (IOException e) {
            throw new PullException(path + " cannot be written (" + e.getMessage()
                    + "): is the disk full? What came is kept; run the same again when there is room", e);
        }
    }

    /** What is to be fetched of a file, unless it is there. */
    private Optional<Wanted> look(RemoteFile file, Path target, Optional<String> sha256) throws IOException {
        Version version = probe(file.uri(), sha256);
        if (!Files.exists(target)) {
            return Optional.of(new Wanted(file, target, version));
        }
        long size = Files.size(target);
        if (version.size() >= 0 && version.size() != size) {
            throw new PullException(target + " is there and has " + size + " bytes, where the server's has "
                    + version.size() + ": remove it if that one is to take its place");
        }
        if (version.sha256() != null && !version.sha256().equals(checksum(target))) {
            throw new PullException(target + " is there, with another content than the server's: remove it if that one"
                    + " is to take its place");
        }
        progress.says(target + " is there already");
        return Optional.empty();
    }

    private Version probe(URI uri, Optional<String> sha256) {
        IOException last = null;
        try (var transfers = new Transfers(options.patience())) {
            for (int attempt = 0; attempt < options.tries(); attempt++) {
                try (Answer answer = web.get(uri, List.of("Range", "bytes=0-0"))) {
                    answer.requireFound();
                    return version(uri, answer, sha256);
                } catch (ConnectException e) {
                    // a name that does not exist, or nobody there: waiting seldom helps
                    last = e;
                    break;
                } catch (IOException e) {
                    last = e;
                }
                if (attempt + 1 < options.tries()) {
                    transfers.pause(options.pauseAfter(attempt + 1, Duration.ZERO));
                }
            }
        }
        throw new PullException(uri + ": " + Web.reason(last) + ": check the address and the network (HTTPS_PROXY names"
                + " a proxy), and run the same again", last);
    }

    private static Version version(URI uri, Answer answer, Optional<String> sha256) {
        Optional<Answer.Range> range = answer.range().filter(_ -> answer.isPartial());
        long size = range.map(Answer.Range::size).orElseGet(() -> answer.isPartial() ? -1 : answer.length().orElse(-1));
        if (answer.linked().size().isPresent() && size >= 0 && answer.linked().size().getAsLong() != size) {
            throw new PullException(uri + ": should have " + answer.linked().size().getAsLong()
                    + " bytes, and the server offers " + size + ": try again later, or another mirror");
        }
        Optional<String> linked = answer.linked().sha256();
        if (sha256.isPresent() && linked.isPresent() && !linked.equals(sha256)) {
            throw new PullException(
                    uri + ": the server's file has SHA-256 " + linked.get() + ", not the " + sha256.get()
                            + " that --sha256 asks for");
        }
        String address = uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
        return new Version(address, size, sha256.or(() -> linked).orElse(null), answer.validator().orElse(null),
                range.isPresent() && size > 0);
    }

    private void requireSpace(List<Wanted> wanted) throws IOException {
        if (wanted.isEmpty()) {
            return;
        }
        Files.createDirectories(folder);
        long needed = SPARE_BYTES;
        for (Wanted file : wanted) {
            long there = PartFile.state(file.target).filter(state -> file.version.continues(state.version()))
                    .map(PartFile.State::bytes).orElse(0L);
            needed += Math.max(0, file.version.size() - there);
        }
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (needed > usable) {
            throw new PullException(folder + " has room for " + (usable >> 20) + " MiB, and " + (needed >> 20)
                    + " MiB are needed: make room, or name another folder with --models");
        }
    }

    private void fetch(Wanted wanted) {
        Version version = wanted.version;
        for (int changes = 0; changes < MOST_CHANGES; changes++) {
            Version current = version;
            boolean whole = onDisk(wanted.target, () -> tryFetch(wanted, current));
            if (whole) {
                return;
            }
            progress.says(wanted.file.uri() + " changed on the server: it is fetched from its beginning");
            version = probe(wanted.file.uri(), Optional.ofNullable(wanted.version.sha256()));
        }
        throw new PullException(wanted.file.uri() + ": changes on the server again and again: run the same later");
    }

    /** Whether it came whole; not if the server has another version by now. */
    private boolean tryFetch(Wanted wanted, Version version) throws IOException {
        try (PartFile part = PartFile.open(wanted.target, version, options.pieceBytes());
                var transfers = new Transfers(options.patience())) {
            progress.begins(wanted.target.getFileName().toString(), version.size(), part.bytes());
            new Download(web, wanted.file.uri(), version, part, options, progress, transfers).run();
            check(part, wanted, version);
            part.finish();
            return true;
        } catch (ChangedException _) {
            return false;
        }
    }

    private void check(PartFile part, Wanted wanted, Version version) throws IOException {
        if (version.sha256() != null) {
            String came = checksum(part.file());
            if (!came.equals(version.sha256())) {
                part.discard();
                throw new PullException(wanted.file.uri() + ": what came has SHA-256 " + came + ", not "
                        + version.sha256() + ", and is thrown away: run the same again");
            }
        }
        try (Gguf _ = Gguf.openAlone(part.file())) {
            // its directory can be read, and every tensor lies within it
        } catch (GgufException e) {
            part.discard();
            String reason = e.getMessage().replace(part.file().toString(), wanted.file.uri().toString());
            throw new PullException(reason + "; what came is thrown away", e);
        }
    }

    private String checksum(Path file) throws IOException {
        progress.checks(file.getFileName().toString(), Files.size(file));
        return Checksum.of(file, progress::checked);
    }
}
