package io.millrace.inference.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the PTX that is kept beside the kernels, with nvcc on the path: {@code mvn -Pptx -pl inference process-test-classes}. It needs no graphics processor.
 */
final class MakePtx {
    /** The earliest version of the language that knows compute capability 7.5, so that drivers since CUDA 10 take it; nvcc writes its own. */
    private static final String LANGUAGE = ".version 6.3";

    private MakePtx() {}

    /**
     * Makes it.
     *
     * @param arguments the file to write
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("millrace-ptx");
        Path source = folder.resolve("kernels.cu");
        Path made = folder.resolve("kernels.ptx");
        Files.writeString(source, KernelSource.cuda());
        run("nvcc", "-ptx", "-arch=compute_75", source.toString(), "-o", made.toString());
        String ptx = Files.readString(made, StandardCharsets.UTF_8).replaceFirst("(?m)^\\.version .*$", LANGUAGE);
        Files.writeString(made, ptx);
        run("ptxas", "-arch=sm_75", made.toString(), "-o", folder.resolve("kernels.cubin").toString());
        Files.writeString(Path.of(arguments[0]), KernelSource.ptxHeading() + "\n" + ptx);
        for (String file : List.of("kernels.cu", "kernels.ptx", "kernels.cubin")) {
            Files.delete(folder.resolve(file));
        }
        Files.delete(folder);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(command[0] + " ended with status " + status);
        }
    }
}
