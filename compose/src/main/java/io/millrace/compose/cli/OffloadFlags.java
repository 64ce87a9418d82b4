package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.Offload;
import io.millrace.inference.gpu.Gpus;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is left to a graphics processor. */
final class OffloadFlags {
    @Option(names = {"-ngl", "--gpu-layers",
            "--n-gpu-layers"}, paramLabel = "N", defaultValue = "0", description = "How many of the model's layers, the last ones, a graphics processor computes: 999 for all, and the output; ${DEFAULT-VALUE} unless given.")
    private int layers;

    @Option(names = {"-dev",
            "--device"}, paramLabel = "ID", description = "Which one, as 'millrace devices' calls it; the first unless given.")
    private String device;

    /** Asks the drivers only if there is something to leave to them. */
    Offload offload() {
        if (layers < 0) {
            throw new UserException("--gpu-layers must be 0 or more, not " + layers);
        }
        return layers == 0 ? Offload.NONE : Offload.to(Gpus.find().choose(Optional.ofNullable(device)), layers);
    }
}
