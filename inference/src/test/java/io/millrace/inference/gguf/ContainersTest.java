package io.millrace.inference.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.Fuzz;
import io.millrace.inference.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One model, however its bytes are packed. */
class ContainersTest {
    private static final float[] VALUES = {1, 2, 3, 4, 5, 6, 7, 8};

    @TempDir
    Path folder;

    private static byte[] model(String name) {
        return new GgufBuilder().string("general.name", name).tensor("first", VALUES, 4, 2)
                .tensor("second", new float[]{9}, 1).build();
    }

    private static byte[] shard(int number, int count, String tensor) {
        return new GgufBuilder().string("general.name", "boat").count("split.no", number - 1)
                .count("split.count", count).count("split.tensors.count", count).tensor(tensor, VALUES, 4, 2).build();
    }

    private Path write(String name, byte[] contents) throws IOException {
        return Files.write(folder.resolve(name), contents);
    }

    private static void isTheModel(Path path) {
        try (Gguf file = Gguf.open(path)) {
            assertThat(file.metadata().string("general.name")).isEqualTo("boat");
            assertThat(file.tensor("first").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)).isEqualTo(VALUES);
            assertThat(file.tensor("second").data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(9);
        }
    }

    private static void refused(Path path, String... reasons) {
        assertThatThrownBy(() -> Gguf.open(path)).isInstanceOf(GgufException.class).hasMessageContainingAll(reasons);
    }

    /** Cuts fall anywhere, inside numbers, strings and tensors. */
    @RepeatedTest(20)
    void aFileThatWasCutIsReadFromItsParts() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] whole = model("boat");
        int parts = 2 + random.nextInt(11);
        int[] cuts = random.ints(parts - 1, 0, whole.length).sorted().toArray();
        for (int i = 0; i < parts; i++) {
            write("boat.cat" + i + ".llamafile",
                    Arrays.copyOfRange(whole, i == 0 ? 0 : cuts[i - 1], i == parts - 1 ? whole.length : cuts[i]));
        }
        try {
            isTheModel(folder.resolve("boat.cat0.llamafile"));
            isTheModel(folder.resolve("boat.cat" + (parts - 1) + ".llamafile"));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        byte[] whole = model("boat");
        Path first = write("boat.gguf.cat0", Arrays.copyOf(whole, 100));
        write("boat.gguf.cat2", Arrays.copyOfRange(whole, 200, whole.length));
        refused(first, folder.resolve("boat.gguf.cat1").toString(), "missing");
    }

    @ParameterizedTest(name = "64-bit fields: {0}, offsets count from the archive''s beginning: {1}")
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void aLlamafileHoldsItsModelAndArguments(boolean wide, boolean relative) throws IOException {
        var zip = new ZipBuilder("MZqFpD='\n\0\0some code".getBytes(StandardCharsets.UTF_8), wide);
        if (relative) {
            zip.countingFromHere();
        }
        Path path = write("boat.llamafile", zip.deflated("readme.txt", new byte[3]).stored("boat.gguf", model("boat"))
                .stored(".args", "-m\nboat.gguf\n\n--temp\n0\n...\n".getBytes(StandardCharsets.UTF_8)).build());
        isTheModel(path);
        assertThat(Llamafile.arguments(path)).containsExactly("-m", "boat.gguf", "--temp", "0", "...");
    }

    @Test
    void aFileWithoutArgumentsHasNone() throws IOException {
        assertThat(Llamafile.arguments(write("boat.gguf", model("boat")))).isEmpty();
        assertThat(Llamafile.arguments(write("notes.txt", "Dear diary".getBytes(StandardCharsets.UTF_8)))).isEmpty();
    }

    @Test
    void oneOfSeveralModelsIsNamed() throws IOException {
        byte[] zip = new ZipBuilder(new byte[100], false).stored("ship.gguf", model("ship"))
                .stored("boat.gguf", model("boat")).build();
        Path path = write("fleet.llamafile", zip);
        refused(path, "several models", "@ship.gguf", "boat.gguf");
        isTheModel(folder.resolve("fleet.llamafile@boat.gguf"));
        refused(folder.resolve("fleet.llamafile@raft.gguf"), "has no member raft.gguf", "ship.gguf, boat.gguf");
        write("boats.llamafile", new ZipBuilder(new byte[100], false).stored("ship.gguf", model("ship"))
                .stored("boat.gguf", model("boat")).stored(".args", "-m\n/zip/boat.gguf".getBytes(
                        StandardCharsets.UTF_8))
                .build());
        isTheModel(folder.resolve("boats.llamafile"));
    }

    @Test
    void anArchiveThatCannotBeMappedIsExplained() throws IOException {
        refused(write("packed.llamafile", new ZipBuilder(new byte[9], false).deflated("boat.gguf", model("boat"))
                .build()), "compressed", "unzip");
        refused(write("empty.llamafile", new ZipBuilder(new byte[9], false).stored("readme.txt", new byte[9])
                .build()), "no .gguf in it");
        byte[] sound = new ZipBuilder(new byte[9], true).stored("boat.gguf", model("boat")).build();
        refused(write("cut.llamafile", Arrays.copyOfRange(sound, 4000, sound.length)), "damaged");
    }

    /** Whatever an archive claims, nothing but a {@link GgufException} comes of it. */
    @Test
    void aDamagedArchiveIsRefusedOrStillTheModel() {
        byte[] sound = new ZipBuilder(new byte[9], true).stored("boat.gguf", model("boat"))
                .stored(".args", new byte[]{'-'}).build();
        Path path = folder.resolve("damaged.llamafile");
        Fuzz.repeat(random -> {
            byte[] damaged = sound.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                int place = damaged.length - 1 - random.nextInt(360);
                damaged[place] = (byte) random.nextInt();
            }
            try {
                Files.write(path, damaged);
                Llamafile.arguments(path);
                isTheModel(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GgufException e) {
                assertThat(e).hasMessageContaining("damaged.llamafile");
            }
        });
    }

    @Test
    void shardsAreOneModelWhicheverIsNamed() throws IOException {
        Path first = write("boat-00001-of-00002.gguf", shard(1, 2, "first"));
        Path second = write("boat-00002-of-00002.gguf", shard(2, 2, "second"));
        for (Path named : new Path[]{first, second}) {
            try (Gguf file = Gguf.open(named)) {
                assertThat(file.tensors()).extracting(Tensor::name).containsExactly("first", "second");
                assertThat(file.size()).isEqualTo(Files.size(first) + Files.size(second));
            }
        }
    }

    @Test
    void shardsThatAreNotOneModelAreExplained() throws IOException {
        Path first = write("boat-00001-of-00002.gguf", shard(1, 2, "first"));
        refused(first, "boat-00002-of-00002.gguf", "missing");
        refused(write("renamed.gguf", shard(1, 2, "first")), "renamed.gguf", "found by their names");
        write("boat-00002-of-00002.gguf", shard(1, 2, "second"));
        refused(first, "boat-00002-of-00002.gguf: is shard 1 of 2, not 2 of 2");
        write("boat-00002-of-00002.gguf", shard(2, 2, "first"));
        refused(first, "the tensor first is in an earlier shard too");
        write("boat-00002-of-00002.gguf", new GgufBuilder().count("split.no", 1).count("split.count", 2).build());
        refused(first, "the shards hold 1 tensors, where the first promises 2");
    }

    @Test
    void shardsJoinedByteByByteAreExplained() throws IOException {
        byte[] first = shard(1, 2, "first");
        byte[] second = shard(2, 2, "second");
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        refused(write("joined.gguf", joined), "joined byte by byte",
                "fetch the shards again as separate files and name the first of them",
                "or make one file of those with 'millrace merge'");
        refused(write("boat-00001-of-00002.gguf", joined), "joined byte by byte");
    }

    @Test
    void whatTheReferencesToolSplitIsTheSameModel() {
        Path split = SharedData.model("split/synthetic-Q4_0-00001-of-00005.gguf");
        try (Gguf whole = Gguf.open(SharedData.model("quants/synthetic-Q4_0.gguf")); Gguf shards = Gguf.open(split)) {
            assertThat(shards.tensors()).hasSameSizeAs(whole.tensors()).allSatisfy(
                    tensor -> assertThat(whole.tensor(tensor.name()).data().mismatch(tensor.data())).isEqualTo(-1));
        }
    }

    /** Seven tensors a shard is how the reference was split. */
    @Test
    void splittingAndMergingGiveTheReferencesFilesByteByByte() {
        Path reference = SharedData.model("split/synthetic-Q4_0-00001-of-00005.gguf");
        Path whole = SharedData.model("quants/synthetic-Q4_0.gguf");
        try (Gguf model = Gguf.open(whole); Gguf shards = Gguf.open(reference)) {
            for (Path shard : new GgufSplitter(7, Long.MAX_VALUE).split(model, folder.resolve("synthetic-Q4_0"),
                    _ -> {})) {
                assertThat(shard).hasSameBinaryContentAs(reference.resolveSibling(shard.getFileName()));
            }
            Path merged = folder.resolve("merged.gguf");
            GgufWriter.withMetadataOf(shards).tensors(shards.tensors()).write(merged);
            assertThat(merged).hasSameBinaryContentAs(whole);
            assertThatThrownBy(() -> GgufWriter.withMetadataOf(shards).write(merged))
                    .isInstanceOf(GgufException.class).hasMessageContaining("exists already");
        }
    }
}
