package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.bench.LlamaShape;
import io.millrace.inference.bench.SyntheticLlama;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.model.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The sizing table in the handbook is what the code counts. */
class SizingTableTest {
    private static final String BEGIN = "<!-- sizing: made by SizingTableTest -->\n";
    private static final String END = "<!-- end of sizing -->\n";
    private static final List<String> MODELS = List.of("1b", "3b", "8b", "70b", "405b");
    private static final List<TensorType> TYPES = List.of(TensorType.Q4_0, TensorType.Q6_K, TensorType.Q8_0,
            TensorType.F16);
    private static final List<Integer> BANDWIDTHS = List.of(50, 100, 400);
    private static final int SHORT_CONTEXT = 8192;
    private static final int LONG_CONTEXT = 131_072;
    private static final float ANY = 1;

    private static Path page() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("millrace"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docs/operations.md");
    }

    private static ModelMemory memory(LlamaShape shape, TensorType type) {
        int headWidth = shape.width() / shape.heads();
        var config = new LlamaConfig(shape.layers(), shape.width(), shape.feedForwardWidth(), shape.heads(),
                shape.keyValueHeads(), headWidth, headWidth, ANY, ANY, ANY, LONG_CONTEXT);
        return ModelMemory.of(config, new SyntheticLlama(shape, type, 0).size(), TensorType.F16, TensorType.F16);
    }

    /** What one token reads of the weights: of an embedding that stands apart it takes one row. */
    private static long readBytes(LlamaShape shape, TensorType type, long fileBytes) {
        return shape.hasOutput() ? fileBytes - type.bytes((long) shape.vocabulary() * shape.width()) : fileBytes;
    }

    private static String row(String model, TensorType type) {
        LlamaShape shape = LlamaShape.parse(model);
        ModelMemory memory = memory(shape, type);
        long file = memory.weightBytes();
        var row = new StringBuilder("| " + model.toUpperCase(Locale.ROOT) + " | " + type + " | " + gigabytes(file)
                + " | " + gigabytes(file + memory.cacheBytes(SHORT_CONTEXT, 1)) + " | "
                + gigabytes(file + memory.cacheBytes(LONG_CONTEXT, 1)));
        for (int bandwidth : BANDWIDTHS) {
            row.append(" | ").append(digits(bandwidth * 1e9 / readBytes(shape, type, file)));
        }
        row.append(" | ").append(digits(BANDWIDTHS.getLast() * 1e9
                / (readBytes(shape, type, file) + memory.cacheBytes(LONG_CONTEXT, 1))));
        return row.append(" |\n").toString();
    }

    private static String gigabytes(long bytes) {
        return digits(bytes / 1e9);
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value >= 10 ? "%.0f" : value >= 1 ? "%.1f" : "%.2f", value);
    }

    private static String table() {
        var table = new StringBuilder(BEGIN);
        table.append("| model | type | file, GB | with 8k of cache, GB | with 128k, GB ");
        BANDWIDTHS.forEach(bandwidth -> table.append("| tokens/s at ").append(bandwidth).append(" GB/s "));
        table.append("| at ").append(BANDWIDTHS.getLast()).append(" GB/s and 128k deep |\n");
        table.append("| --- | --- | --: | --: | --: ").append("| --: ".repeat(BANDWIDTHS.size())).append("| --: |\n");
        MODELS.forEach(model -> TYPES.forEach(type -> table.append(row(model, type))));
        return table.append(END).toString();
    }

    /** With {@code -Dmade.anew} it is written rather than compared. */
    @Test
    void theTableSaysWhatTheCodeCounts() throws IOException {
        String text = Files.readString(page());
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END) + END.length();
        assertThat(begin).as("%s is missing in %s", BEGIN, page()).isNotNegative();
        if (System.getProperty("made.anew") != null) {
            Files.writeString(page(), text.substring(0, begin) + table() + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("make it anew: mvn -pl inference -am test -Dtest=SizingTableTest -Dmade.anew -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(table());
    }
}
