package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text that a user hands over, in a file or on stdin. */
final class PromptText {
    private PromptText() {}

    /**
     * The whole of a file.
     *
     * @throws UserException if it cannot be read, or is not UTF-8
     */
    static String ofFile(Path file) {
        try {
            return decode(Files.readAllBytes(file), "the file " + file);
        } catch (NoSuchFileException e) {
            throw new UserException("there is no file " + file, e);
        } catch (IOException e) {
            throw new UserException("the file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * All of standard input.
     *
     * @throws UserException if there is nothing on it, or it is not UTF-8
     */
    static String ofStandardInput() {
        return requireSome(standardInput());
    }

    /**
     * All of standard input but the blanks and line ends behind its last word.
     *
     * @throws UserException if there is nothing but those on it, or it is not UTF-8
     */
    static String strippedStandardInput() {
        return requireSome(standardInput().stripTrailing());
    }

    private static String requireSome(String text) {
        if (text.isEmpty()) {
            throw new UserException("there is no prompt: give one as an argument, in a file, or on stdin");
        }
        return text;
    }

    /**
     * The texts on standard input, each ended by a NUL character, but for the last, which may go without.
     *
     * @throws UserException as {@link #standardInput}
     */
    static List<String> nulEndedOfStandardInput() {
        var texts = new ArrayList<String>();
        String all = standardInput();
        int start = 0;
        for (int end = all.indexOf('\0'); end >= 0; end = all.indexOf('\0', start)) {
            texts.add(all.substring(start, end));
            start = end + 1;
        }
        if (start < all.length()) {
            texts.add(all.substring(start));
        }
        return texts;
    }

    /**
     * All of standard input, which may be nothing.
     *
     * @throws UserException if it cannot be read, or is not UTF-8
     */
    static String standardInput() {
        try {
            return decode(System.in.readAllBytes(), "standard input");
        } catch (IOException e) {
            throw new UserException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    private static String decode(byte[] bytes, String source) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UserException(source + " is not UTF-8 text", e);
        }
    }
}
