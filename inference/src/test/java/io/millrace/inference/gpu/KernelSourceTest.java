package io.millrace.inference.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelSourceTest {
    static List<Ptx> ptx() {
        return Ptx.all();
    }

    /** Made anew by {@link MakePtx}. */
    @ParameterizedTest
    @MethodSource
    void ptx(Ptx ptx) {
        assertThat(ptx.text()).as("mvn -Pptx -pl inference process-test-classes makes it anew")
                .startsWith(ptx.heading() + "\n")
                .contains("\n.version " + ptx.target().language() + "\n",
                        "\n.target sm_" + ptx.target().capability() + "\n");
    }

    @Test
    void cardsGetTheLatestPtxThatTheyTake() {
        assertThat(Ptx.Target.of(70)).isEmpty();
        assertThat(Stream.of(75, 89, 90, 120).map(Ptx.Target::of).map(target -> target.orElseThrow().capability()))
                .containsExactly(75, 75, 90, 90);
    }

    @Test
    void everyKernelIsInThePtx() {
        for (Ptx ptx : Ptx.all()) {
            var entries = Pattern.compile("\\.visible \\.entry (\\w+)\\(").matcher(ptx.text()).results()
                    .map(found -> found.group(1)).toList();
            var plain = Pattern.compile("^KERNEL void LANES\\(\\d+\\) (\\w+)\\(", Pattern.MULTILINE)
                    .matcher(ptx.source())
                    .results().map((MatchResult found) -> found.group(1)).filter(name -> !name.equals("PASTE"))
                    .toList();
            assertThat(entries).containsAll(plain);
            ptx.type().ifPresentOrElse(type -> {
                assertThat(entries).contains("multiply_many_" + type, "embed_" + type);
                KernelSource.TILES
                        .forEach(tiles -> assertThat(entries).contains("multiply_tiles_" + tiles + "_" + type));
            }, () -> {
                assertThat(plain).isNotEmpty();
                KernelSource.HEAD_WIDTHS.forEach(width -> assertThat(entries).contains("remember_tiles_" + width,
                        "attend_tiles_" + width, "combine_tiles_" + width));
            });
        }
    }
}
