package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * What nvcc made of the kernels: assembly for a virtual processor, which the driver compiles for the card when a model is loaded. Apart by tensor type, so that it only
 * compiles what is needed.
 *
 * @param target what it was made for
 * @param type of the matrices that it has products with; empty for what all models need
 */
record Ptx(Target target, Optional<TensorType> type) {
    /** What PTX is made for: the earliest compute capability, times 10, and the version of PTX, which decides what drivers take it. */
    enum Target {
        /** From Turing on (2018). */
        TURING(75, "6.5"),
        /** From Hopper on (2022): a kernel begins while the one before it ends. */
        HOPPER(90, "8.0");

        private final int capability;
        private final String language;

        Target(int capability, String language) {
            this.capability = capability;
            this.language = language;
        }

        int capability() {
            return capability;
        }

        String language() {
            return language;
        }

        /** The latest for a card, if there is one. */
        static Optional<Target> of(int capability) {
            return List.of(values()).stream().filter(target -> target.capability <= capability)
                    .max(Comparator.comparingInt(Target::capability));
        }
    }

    /** All there are. */
    static List<Ptx> all() {
        List<Ptx> all = new ArrayList<>();
        for (Target target : Target.values()) {
            all.add(new Ptx(target, Optional.empty()));
            KernelSource.TYPES.forEach(type -> all.add(new Ptx(target, Optional.of(type))));
        }
        return all;
    }

    /** Where it is kept, beside the kernels' source. */
    String file() {
        return "ptx/" + target.capability + "-" + type.map(TensorType::name).orElse("all") + ".ptx.gz";
    }

    String source() {
        return type.map(KernelSource::cuda).orElseGet(KernelSource::cuda);
    }

    String text() {
        try (InputStream resource = new GZIPInputStream(Ptx.class.getResourceAsStream(file()))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernels cannot be read", e);
        }
    }

    /** The first line of a {@link #text} that was made of this source. */
    String heading() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(source().getBytes(StandardCharsets.UTF_8));
            return "// made of a source with the SHA-256 " + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
