package io.millrace.inference.quantize;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a model a matrix is.
 *
 * @param layer from 0; 0 for those that are in no layer
 * @param queriesAKey how many query heads share a key and value head
 */
record MatrixPlace(Role role, int layer, int layers, int queriesAKey) {
    private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)");

    /** What a matrix is for; gate and up alike. */
    enum Role {
        EMBEDDING, OUTPUT, ATTENTION_QUERY, ATTENTION_KEY, ATTENTION_VALUE, ATTENTION_OUTPUT, FEED_FORWARD_UP,
        FEED_FORWARD_DOWN, OTHER
    }

    /**
     * By a tensor's name.
     *
     * @param hasOutput whether the model has an output matrix; if not, the embedding is it
     */
    static MatrixPlace of(String name, boolean hasOutput, int layers, int queriesAKey) {
        Matcher inLayer = IN_LAYER.matcher(name);
        if (inLayer.matches()) {
            Role role = switch (inLayer.group(2)) {
                case "attn_q.weight" -> Role.ATTENTION_QUERY;
                case "attn_k.weight" -> Role.ATTENTION_KEY;
                case "attn_v.weight" -> Role.ATTENTION_VALUE;
                case "attn_output.weight" -> Role.ATTENTION_OUTPUT;
                case "ffn_gate.weight", "ffn_up.weight" -> Role.FEED_FORWARD_UP;
                case "ffn_down.weight" -> Role.FEED_FORWARD_DOWN;
                default -> Role.OTHER;
            };
            return new MatrixPlace(role, Integer.parseInt(inLayer.group(1)), layers, queriesAKey);
        }
        Role role = switch (name) {
            case "token_embd.weight" -> hasOutput ? Role.EMBEDDING : Role.OUTPUT;
            case "output.weight" -> Role.OUTPUT;
            default -> Role.OTHER;
        };
        return new MatrixPlace(role, 0, layers, queriesAKey);
    }

    boolean isFirstEighth() {
        return layer < layers / 8;
    }

    boolean isLastEighth() {
        return layer >= 7 * layers / 8;
    }

    /** The layers that recipes of medium size spend more bits on: the first, the last, and every third between. */
    boolean hasMoreBits() {
        return isFirstEighth() || isLastEighth() || (layer - layers / 8) % 3 == 2;
    }
}
