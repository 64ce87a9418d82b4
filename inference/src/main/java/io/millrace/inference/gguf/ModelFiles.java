package io.millrace.inference.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds and maps the files that a model is made of. What it maps lives as long as the arena. */
final class ModelFiles {
    private final Arena arena;

    ModelFiles(Arena arena) {
        this.arena = arena;
    }

    /** The GGUF of a file: itself, or what a llamafile holds. */
    GgufPart part(Path path) {
        Llamafile.Name name = Llamafile.Name.of(path);
        FileBytes bytes = map(name.file());
        String source = path.toString();
        return GgufPart.read(Llamafile.isGguf(bytes) ? bytes : Llamafile.model(bytes, name), source);
    }

    /**
     * A file's bytes, or those of all the parts that it was cut into.
     *
     * @throws GgufException if one cannot be read
     */
    FileBytes map(Path path) {
        try {
            var parts = new ArrayList<MemorySegment>();
            for (Path part : ConcatenationParts.of(path)) {
                parts.add(mapOne(part));
            }
            return new FileBytes(arena, parts);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private MemorySegment mapOne(Path path) {
        if (Files.isDirectory(path)) {
            throw new GgufException(path + ": is a directory; name the model file in it");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static GgufException unreadable(Path path, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "this user may not read the file";
            default -> "the file cannot be read: " + e.getMessage();
        };
        return new GgufException(path + ": " + reason, e);
    }

    /**
     * The model that a shard belongs to, whole.
     *
     * @param one the shard at {@code path}
     * @throws GgufException if a shard is missing, or does not belong to the others
     */
    GgufPart join(Path path, GgufPart one) {
        ShardName name = ShardName.parse(path).filter(parsed -> parsed.count() == one.shards())
                .orElseThrow(() -> new GgufException(path + ": is one of " + one.shards()
                        + " shards of a model, which are found by their names: name them NAME-00001-of-"
                        + String.format("%05d", one.shards()) + ".gguf and so on, as they were downloaded"));
        var parts = new ArrayList<GgufPart>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int number = 1; number <= name.count(); number++) {
            Path sibling = path.resolveSibling(name.withNumber(number).toString());
            if (!Files.exists(sibling)) {
                throw new GgufException(sibling + ": this shard of the model is missing; download it into the same"
                        + " folder");
            }
            GgufPart part = number == name.number() ? one : part(sibling);
            part.requireShard(name.withNumber(number));
            addAll(part, tensors);
            parts.add(part);
        }
        GgufPart first = parts.getFirst();
        first.modelTensors().filter(count -> count != tensors.size()).ifPresent(count -> {
            throw new GgufException(first.metadata().source() + ": the shards hold " + tensors.size()
                    + " tensors, where the first promises " + count + "; download them again");
        });
        return new GgufPart(first.metadata(), first.rawMetadata(), tensors, size(parts));
    }

    private static void addAll(GgufPart part, Map<String, Tensor> tensors) {
        part.tensors().forEach((name, tensor) -> {
            if (tensors.put(name, tensor) != null) {
                throw new GgufException(part.metadata().source() + ": the tensor " + name
                        + " is in an earlier shard too; download the shards again");
            }
        });
    }

    private static long size(List<GgufPart> parts) {
        return parts.stream().mapToLong(GgufPart::size).sum();
    }
}
