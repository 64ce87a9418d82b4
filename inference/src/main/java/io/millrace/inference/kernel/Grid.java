package io.millrace.inference.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A code book of the IQ types: groups of weights that quantised models may use, chosen by their makers. The tables are part of the file
 * format; they lie as text beside the classes, a word a line, the first weight in its lowest byte (published with ggml, MIT licence).
 */
final class Grid {
    private final long[] words;

    private Grid(long[] words) {
        this.words = words;
    }

    /** Reads {@code NAME.grid}. */
    static Grid of(String name) {
        try (InputStream resource = Grid.class.getResourceAsStream("/kernel/" + name + ".grid")) {
            return new Grid(new String(resource.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .mapToLong(line -> Long.parseUnsignedLong(line, 16)).toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A group, one weight a byte. */
    long word(int index) {
        return words[index];
    }

    /** Two groups of four as one of eight. */
    long words(int first, int second) {
        return words[first] | words[second] << Integer.SIZE;
    }

    /** A weight of a group. */
    static int weight(long word, int index) {
        return (byte) (word >> index * Byte.SIZE);
    }

    /** The signs of eight weights from seven bits: the eighth makes their number even. */
    static int evenSigns(int sevenBits) {
        return sevenBits | (Integer.bitCount(sevenBits) & 1) << 7;
    }
}
