package io.millrace.inference;

import io.millrace.inference.gpu.Device;
import java.util.Optional;

/**
 * What an engine leaves to a graphics processor.
 *
 * @param layers how many of a model's layers, the last ones; more than it has takes the output matrix too, and 0 nothing
 * @param device where they go; present unless {@code layers} is 0
 */
public record Offload(int layers, Optional<Device> device) {
    /** What keeps the multiprocessors of a large card busy. */
    private static final int MOST_BATCH_TOKENS = 1024;
    private static final int LEAST_BATCH_TOKENS = 256;
    /** Of a step's residual stream, so that the activations of wide models do not fill the host's heap. */
    private static final int MOST_NUMBERS = 1 << 22;

    /** Everything is computed on the processor. */
    public static final Offload NONE = new Offload(0, Optional.empty());

    public Offload {
        if (layers < 0 || layers > 0 && device.isEmpty()) {
            throw new IllegalArgumentException("layers must be 0 or more, and need a device");
        }
    }

    /** Whether nothing of a model's layers stays on the processor. */
    public boolean takesAll(LanguageModel model) {
        return layers >= model.config().layers();
    }

    /** The most tokens of a step that suit a device with all of a model's layers. */
    public static int batchTokens(LanguageModel model) {
        return Math.clamp(MOST_NUMBERS / model.config().width(), LEAST_BATCH_TOKENS, MOST_BATCH_TOKENS);
    }

    /** Some of a model's layers. */
    public static Offload to(Device device, int layers) {
        return layers == 0 ? NONE : new Offload(layers, Optional.of(device));
    }
}
