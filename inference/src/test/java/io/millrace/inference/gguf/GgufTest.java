package io.millrace.inference.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.inference.Fuzz;
import io.millrace.inference.SharedData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {
    /** Where mutations hit: behind it are only weights. */
    private static final int DIRECTORY_BYTES = 4096;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void pairsAndTensorsAreReadAsWritten(int version) {
        Gguf file = new GgufBuilder().version(version).string("general.name", "boat \u26f5")
                .count("llama.block_count", 3)
                .number("epsilon", 1e-5f).strings("words", "a", "", "c").integers("kinds", 1, -1)
                .numbers("scores", 0.5f)
                .pair("wide", ValueType.UINT64, out -> out.putLong(1L << 40))
                .pair("flag", ValueType.BOOL, out -> out.put((byte) 1))
                .tensor("first", new float[]{1, 2, 3, 4, 5, 6}, 3, 2).tensor("second", new float[]{7}, 1).open();

        Metadata metadata = file.metadata();
        assertThat(metadata.string("general.name")).isEqualTo("boat \u26f5");
        assertThat(metadata.count("llama.block_count")).isEqualTo(3);
        assertThat(metadata.number("epsilon")).isEqualTo(1e-5f);
        assertThat(metadata.strings("words")).containsExactly("a", "", "c");
        assertThat(metadata.optionalIntegers("kinds")).hasValueSatisfying(a -> assertThat(a).containsExactly(1, -1));
        assertThat(metadata.optionalNumbers("scores")).hasValueSatisfying(a -> assertThat(a).containsExactly(0.5f));
        assertThat(metadata.flag("flag", false)).isTrue();
        assertThatThrownBy(() -> metadata.count("wide")).hasMessageContaining("wide").hasMessageContaining("range");

        Tensor first = file.tensor("first");
        assertThat(first.columns()).isEqualTo(3);
        assertThat(first.rows()).isEqualTo(2);
        assertThat(first.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(file.tensor("second").data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(7);
        assertThatThrownBy(() -> file.tensor("third")).isInstanceOf(GgufException.class)
                .hasMessage("test.gguf: the tensor third is missing");
    }

    @Test
    void theDemoModelIsReadWhole() throws IOException {
        byte[] bytes = demo();
        Gguf file = Gguf.of(MemorySegment.ofArray(bytes), "demo");
        assertThat(file.tensors()).isNotEmpty();
        assertThat(file.size()).isEqualTo(bytes.length);
        assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
    }

    @Test
    void aMappedFileIsReadUntilItIsClosed() {
        Gguf file = Gguf.open(SharedData.model("stories260K.gguf"));
        MemorySegment data = file.tensors().iterator().next().data();
        assertThat(data.isReadOnly()).isTrue();
        assertThat(data.asReadOnly().mismatch(data)).isEqualTo(-1);
        file.close();
        assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNotAModelIsNamedForWhatItIs() throws IOException {
        refused(Files.writeString(folder.resolve("notes.gguf"), "Dear diary,\ntoday\n"),
                "not a GGUF file but a text file");
        refused(Files.writeString(folder.resolve("page.gguf"), "<!DOCTYPE html>"), "a web page");
        refused(Files.writeString(folder.resolve("lfs.gguf"), "version https://git-lfs.github.com/spec/v1"),
                "git lfs pull");
        refused(Files.write(folder.resolve("bin.gguf"), new byte[]{1, 0, -1, -128, 5}), "something else");
        refused(Files.write(folder.resolve("tiny.gguf"), new byte[]{'G', 'G'}), "not a GGUF file");
        refused(Files.write(folder.resolve("empty.gguf"), new byte[0]), "the file is empty");
        refused(folder.resolve("missing.gguf"), "there is no such file");
        refused(Files.createDirectory(folder.resolve("folder.gguf")), "is a directory");
    }

    private static void refused(Path path, String reason) {
        assertThatThrownBy(() -> Gguf.open(path)).isInstanceOf(GgufException.class).hasMessageStartingWith(path + ": ")
                .hasMessageContaining(reason).hasMessageNotContaining("\n");
    }

    @Test
    void versionsAndByteOrdersOfOthersAreNamed() {
        refused(new GgufBuilder().version(1), "GGUF version 1; versions 2 and 3");
        refused(new GgufBuilder().version(4), "GGUF version 4");
        refused(new GgufBuilder().version(Integer.reverseBytes(3)), "big-endian");
        refused(new GgufBuilder().count("split.count", 5), "one of 5 shards");
    }

    @Test
    void countsThatTheFileCannotHoldAreRefusedBeforeAnythingIsAllocated() {
        refused(new GgufBuilder().claimingTensors(Long.MAX_VALUE), "the tensor count claims 9223372036854775807");
        refused(new GgufBuilder().claimingTensors(-1), "18446744073709551615");
        refused(new GgufBuilder().claimingPairs(1L << 31), "the metadata count");
        refused(new GgufBuilder().claimingPairs(1), "the metadata count");
        for (ValueType type : ValueType.values()) {
            refused(new GgufBuilder().pair("many", ValueType.ARRAY,
                    out -> out.putInt(type.id()).putLong(1L << 30)),
                    "many claims 1073741824 entries");
        }
        refused(new GgufBuilder().pair("long", ValueType.STRING, out -> out.putLong(Long.MAX_VALUE)), "long claims");
    }

    @Test
    void namesLongerThanTheFormatAllowsAreRefusedAndNotRepeated() {
        String longest = "k".repeat(65_535);
        assertThat(new GgufBuilder().count(longest, 7).open().metadata().count(longest)).isEqualTo(7);
        refused(new GgufBuilder().count(longest + "k", 7),
                "the key of metadata pair 1 is 65536 bytes long, more than the 65535 that the format allows");
        refused(new GgufBuilder().tensor(longest + "k", new float[8], 8), "the name of tensor 1 is 65536 bytes long");
    }

    @Test
    void pairsThatMakeNoSenseAreNamed() {
        refused(new GgufBuilder().count("twice", 1).count("twice", 2), "twice is there twice");
        refused(new GgufBuilder().pair("odd", ValueType.BOOL, out -> out.put((byte) 7)),
                "odd should be 0 or 1, but is 7");
        refused(new GgufBuilder().pair("deep", ValueType.ARRAY, out -> {
            for (int i = 0; i < 1000; i++) {
                out.putInt(ValueType.ARRAY.id()).putLong(1);
            }
        }), "deep nests arrays more than 4 deep");
        refused(new GgufBuilder().count("general.alignment", 48), "general.alignment is 48");
        refused(new GgufBuilder().count("general.alignment", 0), "general.alignment is 0");
        refused(new GgufBuilder().count("general.alignment", 1 << 30), "general.alignment");
    }

    @Test
    void tensorsThatCannotBeWhereTheyClaimAreNamed() {
        var four = new float[]{1, 2, 3, 4};
        refused(new GgufBuilder().tensor("twin", four, 4).tensor("twin", four, 4), "twin is there twice");
        refused(new GgufBuilder().tensor("a", four, 4).entry("b", 0, 0, 4), "the tensors a and b overlap");
        refused(new GgufBuilder().tensor("a", four, 4).entry("b", 0, 32, 8), "ends before the end of the tensor b");
        refused(new GgufBuilder().tensor("a", four, 4).entry("b", 0, Long.MAX_VALUE - 31, 4), "end of the tensor b");
        refused(new GgufBuilder().entry("a", 0, 4, 4), "offset 4, not a multiple of the alignment 32");
        refused(new GgufBuilder().entry("a", 0, -32, 4), "the tensor a has the offset 18446744073709551584");
        refused(new GgufBuilder().entry("a", 99, 0, 4), "the tensor a has type 99");
        refused(new GgufBuilder().entry("a", 8, 0, 33), "33 elements, not a multiple of Q8_0's block of 32");
        refused(new GgufBuilder().entry("a", 0, 0), "the tensor a has 0 dimensions");
        refused(new GgufBuilder().entry("a", 0, 0, 1, 1, 1, 1, 1), "5 dimensions");
        refused(new GgufBuilder().entry("a", 0, 0, 4, 0), "a dimension of 0");
        refused(new GgufBuilder().entry("a", 0, 0, 4, 1 << 30, 1 << 30), "more than 2147483647 rows");
        refused(new GgufBuilder().entry("a", 28, 0, Integer.MAX_VALUE, Integer.MAX_VALUE),
                "more than the file can hold");
        refused(new GgufBuilder().entry("a\u001b[2J\n", 0, 0), "the tensor a?[2J? has 0 dimensions");
    }

    private static void refused(GgufBuilder file, String reason) {
        assertThatThrownBy(file::open).isInstanceOf(GgufException.class).hasMessageStartingWith("test.gguf: ")
                .hasMessageContaining(reason);
    }

    @Test
    void aFileCutAnywhereIsRefused() {
        byte[] whole = new GgufBuilder().string("general.name", "boat").strings("words", "a", "b").count("n", 1)
                .tensor("first", new float[16], 8, 2).tensor("second", new float[8], 8).build();
        for (int length = 0; length < whole.length; length++) {
            MemorySegment cut = MemorySegment.ofArray(whole).asSlice(0, length);
            assertThatThrownBy(() -> Gguf.of(cut, "cut.gguf")).as("length %s", length)
                    .isInstanceOf(GgufException.class);
        }
    }

    @Test
    void mutatedFilesAreReadOrRefusedAndTakeNoMoreMemoryThanTheirSize() throws IOException {
        byte[] small = new GgufBuilder().string("general.name", "boat").strings("words", "a", "b")
                .integers("kinds", 1, 2).count("general.alignment", 32).tensor("first", new float[16], 8, 2)
                .tensor("second", new float[8], 8).build();
        byte[] demo = demo();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Fuzz.repeat(random -> {
            byte[] bytes = (random.nextInt(20) == 0 ? demo : small).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int place = random.nextInt(Math.min(bytes.length, DIRECTORY_BYTES));
                bytes[place] = (byte) (random.nextBoolean() ? random.nextInt() : 1 << random.nextInt(8));
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                Gguf.of(MemorySegment.ofArray(bytes), "mutated.gguf").tensors().forEach(Tensor::elements);
            } catch (GgufException e) {
                assertThat(e).hasMessageStartingWith("mutated.gguf: ");
            }
            // an entry of a few bytes becomes an object or two; a message and its stack some kilobytes
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16L * bytes.length + (1 << 20));
        });
    }

    private static byte[] demo() throws IOException {
        try (var resource = GgufTest.class.getResourceAsStream("/models/millrace-demo-Q8_0.gguf")) {
            return resource.readAllBytes();
        }
    }
}
