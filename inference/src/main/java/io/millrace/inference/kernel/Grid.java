package io.millrace.inference.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A code book of the IQ types: groups of weights that quantised models may use, chosen by their makers. The tables are part of the file
 * format; they lie as text beside the classes, a group a line in hexadecimal, the first weight in the last two digits (published with ggml,
 * MIT licence).
 */
public final class Grid {
    private static final int DIGITS_PER_WEIGHT = 2;

    private final int width;
    private final float[] weights;

    private Grid(List<String> groups) {
        width = groups.getFirst().length() / DIGITS_PER_WEIGHT;
        weights = new float[groups.size() * width];
        for (int place = 0; place < groups.size(); place++) {
            long group = Long.parseUnsignedLong(groups.get(place), 16);
            for (int i = 0; i < width; i++) {
                weights[place * width + i] = (byte) (group >> i * Byte.SIZE);
            }
        }
    }

    /** Reads {@code NAME.grid}. */
    public static Grid of(String name) {
        try (InputStream resource = Grid.class.getResourceAsStream("/kernel/" + name + ".grid")) {
            return new Grid(new String(resource.readAllBytes(), StandardCharsets.US_ASCII).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Weights a group: 4 or 8. */
    public int width() {
        return width;
    }

    /** All groups, one after the other; not to be changed. */
    public float[] weights() {
        return weights;
    }

    /** The signs of eight weights from seven bits: the eighth makes their number even. */
    static int evenSigns(int sevenBits) {
        return sevenBits | (Integer.bitCount(sevenBits) & 1) << 7;
    }
}
