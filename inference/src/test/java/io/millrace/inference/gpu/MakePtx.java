package io.millrace.inference.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the PTX that is kept beside the kernels, with nvcc on the path: {@code mvn -Pptx -pl inference process-test-classes}. It needs no graphics processor. What is of today's
 * source is left alone.
 */
final class MakePtx {
    private MakePtx() {}

    /**
     * Makes it.
     *
     * @param arguments the folder of the kernels' sources
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        for (Ptx ptx : Ptx.all()) {
            Path file = Path.of(arguments[0]).resolve(ptx.file());
            if (!Files.exists(file) || !ptx.text().startsWith(ptx.heading() + "\n")) {
                Files.createDirectories(file.getParent());
                make(ptx, file);
            }
        }
    }

    private static void make(Ptx ptx, Path file) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("millrace-ptx");
        Path source = folder.resolve("kernels.cu");
        Path made = folder.resolve("kernels.ptx");
        Path checked = folder.resolve("kernels.cubin");
        Files.writeString(source, ptx.source());
        int capability = ptx.target().capability();
        // functions of other formats are not used
        run("nvcc", "-ptx", "-diag-suppress", "177", "-arch=compute_" + capability, source.toString(), "-o",
                made.toString());
        // nvcc writes the version of its own
        String text = Files.readString(made, StandardCharsets.UTF_8).replaceFirst("(?m)^\\.version .*$",
                ".version " + ptx.target().language());
        Files.writeString(made, text);
        run("ptxas", "-arch=sm_" + capability, made.toString(), "-o", checked.toString());
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((ptx.heading() + "\n" + text).getBytes(StandardCharsets.UTF_8));
        }
        for (Path part : List.of(source, made, checked, folder)) {
            Files.delete(part);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(command[0] + " ended with status " + status);
        }
    }
}
