package io.millrace.compose.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.inference.bench.BenchResult;
import java.util.Locale;

/** How {@code bench} says what it measured. */
enum BenchOutput {
    /** Lines for people. */
    TABLE {
        @Override
        String heading() {
            return String.format(Locale.ROOT, "%-8s %-6s %5s %7s %12s %8s %8s", "test", "type", "batch", "depth",
                    "tokens/s", "GB/s", "of roof");
        }

        @Override
        String line(BenchResult result) {
            return String.format(Locale.ROOT, "%-8s %-6s %5d %7d %12.1f %8.1f %7.0f%%", result.test(), result.type(),
                    result.batch(), result.depth(), result.tokensPerSecond(), result.gigabytesPerSecond(),
                    100 * result.roofFraction());
        }
    },
    /** One object a line, for programs. */
    JSON {
        @Override
        String heading() {
            return "";
        }

        @Override
        String line(BenchResult result) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("test", result.test()).put("type", result.type()).put("batch", result.batch())
                    .put("depth", result.depth()).put("threads", result.threads())
                    .put("tokens_per_s", rounded(result.tokensPerSecond()))
                    .put("gb_per_s", rounded(result.gigabytesPerSecond()))
                    .put("roof_gb_per_s", rounded(result.roofGigabytesPerSecond()))
                    .put("roof_fraction", rounded(result.roofFraction()));
            return json.toString();
        }
    };

    private static final double DIGITS = 1000;

    /** Above the results; empty for none. */
    abstract String heading();

    abstract String line(BenchResult result);

    private static double rounded(double value) {
        return Math.round(value * DIGITS) / DIGITS;
    }
}
