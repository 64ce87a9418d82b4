package io.millrace.inference.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceMatrixTest {
    @TempDir
    Path folder;

    @Test
    void readsGguf() throws Exception {
        var matrix = read(new GgufBuilder().string("general.type", "imatrix")
                .tensor("a.weight.in_sum2", new float[]{2, 4, 6}, 3, 1).tensor("a.weight.counts", new float[]{2}, 1)
                .tensor("b.weight.in_sum2", new float[]{5, 7}, 2, 1).tensor("b.weight.counts", new float[]{0}, 1)
                .build());
        assertThat(matrix.columns().get("a.weight")).containsExactly(1, 2, 3);
        assertThat(matrix.columns().get("b.weight")).as("where nothing was counted").containsExactly(1, 1);
    }

    @Test
    void readsTheFormBeforeWhateverFollows() throws Exception {
        byte[] entries = entries(out -> {
            out.putInt(2);
            entry(out, "a.weight", 2, 2, 4, 6);
            entry(out, "b.weight", 0, 5);
            out.putInt(100).putInt(4).put(new byte[]{'t', 'e', 'x', 't'});
        });
        var matrix = read(entries);
        assertThat(matrix.columns().get("a.weight")).containsExactly(1, 2, 3);
        assertThat(matrix.columns().get("b.weight")).containsExactly(1);
    }

    @Test
    void knowsTheColumnsOfTensorsOfTheirLengthOnly() throws Exception {
        var matrix = read(entries(out -> entry(out.putInt(1), "a.weight", 2, 2, 4, 6)));
        assertThat(matrix.of(tensor("a.weight", 3))).contains(new float[]{1, 2, 3});
        assertThat(matrix.of(tensor("b.weight", 3))).isEmpty();
        assertThatThrownBy(() -> matrix.of(tensor("a.weight", 32))).isInstanceOf(GgufException.class)
                .hasMessageContaining("has 3 columns for a.weight, which has 32");
    }

    @Test
    void hostileEntriesAreRefusedWithTheFieldsName() {
        refused(new byte[0], "the number of entries");
        refused("Once upon a time there was a matrix".getBytes(StandardCharsets.UTF_8), "neither GGUF nor");
        refused(entries(out -> out.putInt(-1)), "the number of entries would be -1");
        refused(entries(out -> out.putInt(Integer.MAX_VALUE).putLong(0).putLong(0)), "would be 2147483647");
        refused(entries(out -> out.putInt(1).putInt(-5).putLong(0).putLong(0)), "entry 1's name length is -5");
        refused(entries(out -> out.putInt(1).putInt(500).putLong(0).putLong(0)), "entry 1's name length is 500");
        refused(entries(out -> out.putInt(1).putInt(0).putInt(1).putInt(0).putLong(0)),
                "entry 1's number of values is 0");
        refused(entries(out -> out.putInt(1).putInt(0).putInt(1).putInt(1 << 30).putLong(0)),
                "entry 1's number of values is 1073741824");
        refused(entries(out -> {
            entry(out.putInt(2), "a.weight", 1, 1);
            entry(out, "a.weight", 1, 1);
        }), "entry 2's name, a.weight, is there twice");
        refused(entries(out -> entry(out.putInt(1), "a.weight", 1, 1, Float.NaN)), "value 1 of a.weight is NaN");
        refused(entries(out -> entry(out.putInt(1), "a.weight", 1, -1)), "value 0 of a.weight is -1.0");
        refused(entries(out -> entry(out.putInt(1), "a\nb\u001b[2J", 1, -1)), "value 0 of a?b?[2J is -1.0");
    }

    @Test
    void hostileTensorsAreRefusedWithTheFieldsName() {
        refused(new GgufBuilder().string("general.architecture", "llama").build(), "general.type is a model");
        refused(imatrix().build(), "holds no tensor with a name in .in_sum2");
        refused(imatrix().tensor("a.in_sum2", new float[]{1}, 1).build(), "a.in_sum2 but no a.counts");
        refused(imatrix().tensor("a.in_sum2", new float[]{1, 2}, 2).tensor("a.counts", new float[]{1, 2}, 2).build(),
                "a.counts has 2 values for 1 rows of sums");
        refused(imatrix().tensor("a.in_sum2", TensorType.F16, new byte[4], 2).tensor("a.counts", new float[]{1}, 1)
                .build(), "a.in_sum2 is in F16, not in F32");
        refused(imatrix().tensor("a.in_sum2", new float[]{Float.POSITIVE_INFINITY}, 1)
                .tensor("a.counts", new float[]{1}, 1).build(), "value 0 of a is Infinity");
    }

    @Test
    void anyChangedBytesAreReadOrRefused() throws Exception {
        byte[] sound = entries(out -> {
            out.putInt(2);
            entry(out, "a.weight", 2, 2, 4, 6);
            entry(out, "b.weight", 1, 5);
        });
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            byte[] changed = sound.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                read(changed);
            } catch (GgufException e) {
                assertThat(e.getMessage()).as("seed %s", seed).contains("some.imatrix").doesNotContain("\n");
            }
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ImportanceMatrix.read(folder.resolve("none.imatrix")))
                .isInstanceOf(GgufException.class).hasMessageContaining("none.imatrix: there is no such file");
    }

    private void refused(byte[] file, String message) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(GgufException.class).hasMessageContaining("some.imatrix: ")
                .hasMessageContaining(message);
    }

    private ImportanceMatrix read(byte[] file) throws IOException {
        return ImportanceMatrix.read(Files.write(folder.resolve("some.imatrix"), file));
    }

    private static GgufBuilder imatrix() {
        return new GgufBuilder().string("general.type", "imatrix");
    }

    private static byte[] entries(Consumer<ByteBuffer> writer) {
        return GgufBuilder.bytes(writer);
    }

    private static void entry(ByteBuffer out, String name, int count, float... sums) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        out.putInt(utf8.length).put(utf8).putInt(count).putInt(sums.length);
        for (float sum : sums) {
            out.putFloat(sum);
        }
    }

    private static Tensor tensor(String name, long columns) {
        return new Tensor(name, TensorType.F32, List.of(columns, 1L), MemorySegment.NULL);
    }
}
