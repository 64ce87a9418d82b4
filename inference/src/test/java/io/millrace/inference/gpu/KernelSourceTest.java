package io.millrace.inference.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KernelSourceTest {
    /** Made anew by {@link MakePtx}. */
    @Test
    void thePtxIsOfThisSource() {
        assertThat(KernelSource.ptx()).as("mvn -Pptx -pl inference process-test-classes makes it anew")
                .startsWith(KernelSource.ptxHeading() + "\n");
    }

    @Test
    void thePtxIsForOldDriversToo() {
        assertThat(KernelSource.ptx()).contains("\n.version 6.3\n", "\n.target sm_75\n");
    }

    @Test
    void everyKernelIsInThePtx() {
        var entries = Pattern.compile("\\.visible \\.entry (\\w+)\\(").matcher(KernelSource.ptx()).results()
                .map(found -> found.group(1)).toList();
        var plain = Pattern.compile("^KERNEL void (\\w+)\\(", Pattern.MULTILINE).matcher(KernelSource.cuda()).results()
                .map((MatchResult found) -> found.group(1)).filter(name -> !name.equals("PASTE")).toList();
        assertThat(plain).isNotEmpty();
        assertThat(entries).containsAll(plain);
        KernelSource.TYPES.forEach(type -> assertThat(entries).contains("multiply_1_" + type, "multiply_8_" + type,
                "multiply_many_" + type, "embed_" + type));
        KernelSource.CACHE_TYPES.forEach(type -> assertThat(entries).contains("remember_" + type, "attend_" + type));
    }
}
