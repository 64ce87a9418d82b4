package io.millrace.inference.model;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufBuilder;
import java.nio.charset.StandardCharsets;

/**
 * The synthetic model that the golden data describes, in single precision: every weight is a function of its tensor's
 * name and its index.
 */
public final class SyntheticModel {
    static final int VOCABULARY = 1024;
    private static final int LAYERS = 3;
    private static final int WIDTH = 256;
    private static final int FEED_FORWARD = 768;
    private static final int HEADS = 8;
    private static final int KEY_VALUE_HEADS = 2;
    private static final int HEAD_WIDTH = WIDTH / HEADS;
    private static final int KEY_VALUE_WIDTH = KEY_VALUE_HEADS * HEAD_WIDTH;
    private static final double ROTARY_BASE = 500_000;

    private final GgufBuilder file = new GgufBuilder();

    private SyntheticModel() {}

    public static Gguf build() {
        return new SyntheticModel().file();
    }

    private Gguf file() {
        file.string("general.architecture", "llama").count("llama.block_count", LAYERS)
                .count("llama.context_length", 131072).count("llama.embedding_length", WIDTH)
                .count("llama.feed_forward_length", FEED_FORWARD).count("llama.attention.head_count", HEADS)
                .count("llama.attention.head_count_kv", KEY_VALUE_HEADS)
                .number("llama.rope.freq_base", (float) ROTARY_BASE)
                .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        matrix("token_embd", VOCABULARY, WIDTH, 2);
        matrix("output", VOCABULARY, WIDTH, 0.4);
        norm("output_norm");
        file.tensor("rope_freqs.weight", rotaryFactors(), HEAD_WIDTH / 2);
        for (int i = 0; i < LAYERS; i++) {
            layer("blk." + i + ".");
        }
        return file.open();
    }

    private void layer(String prefix) {
        norm(prefix + "attn_norm");
        matrix(prefix + "attn_q", WIDTH, WIDTH, 0.5);
        matrix(prefix + "attn_k", KEY_VALUE_WIDTH, WIDTH, 0.5);
        matrix(prefix + "attn_v", KEY_VALUE_WIDTH, WIDTH, 0.3);
        matrix(prefix + "attn_output", WIDTH, WIDTH, 0.3);
        norm(prefix + "ffn_norm");
        matrix(prefix + "ffn_gate", FEED_FORWARD, WIDTH, 0.3);
        matrix(prefix + "ffn_up", FEED_FORWARD, WIDTH, 0.3);
        matrix(prefix + "ffn_down", WIDTH, FEED_FORWARD, 0.15);
    }

    private void matrix(String name, int rows, int columns, double scale) {
        file.tensor(name + ".weight", weights(name + ".weight", rows * columns, scale, 0), columns, rows);
    }

    private void norm(String name) {
        file.tensor(name + ".weight", weights(name + ".weight", WIDTH, 0.2, 1), WIDTH);
    }

    private static float[] weights(String name, int count, double scale, double plus) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        var weights = new float[count];
        for (int i = 0; i < count; i++) {
            long z = hash + i * 0x9e3779b97f4a7c15L;
            z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            z ^= z >>> 31;
            weights[i] = (float) (plus + ((z >>> 40) / (double) (1 << 24) - 0.5) * scale);
        }
        return weights;
    }

    /** Llama 3.1's scaling: factor 8, low 1, high 4, original context 8192. */
    private static float[] rotaryFactors() {
        var factors = new float[HEAD_WIDTH / 2];
        for (int i = 0; i < factors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(ROTARY_BASE, 2.0 * i / HEAD_WIDTH);
            if (wavelength < 8192 / 4.0) {
                factors[i] = 1;
            } else if (wavelength > 8192) {
                factors[i] = 8;
            } else {
                double smooth = (8192 / wavelength - 1) / (4 - 1);
                factors[i] = (float) (1 / ((1 - smooth) / 8 + smooth));
            }
        }
        return factors;
    }
}
