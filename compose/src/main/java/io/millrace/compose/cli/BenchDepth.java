package io.millrace.compose.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How far into their context sequences are.
 *
 * @param positions before those that are decoded
 * @param sequences that are decoded together
 */
record BenchDepth(int positions, int sequences) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(?:x(\\d{1,4}))?");

    /** Reads {@code 8192}, or {@code 4096x16}. */
    static final class Converter implements ITypeConverter<BenchDepth> {
        @Override
        public BenchDepth convert(String text) {
            Matcher found = FORM.matcher(text);
            if (!found.matches() || "0".equals(found.group(2))) {
                throw new TypeConversionException("'" + text
                        + "' is not a depth: give positions, or positions and sequences as in 4096x16");
            }
            return new BenchDepth(Integer.parseInt(found.group(1)), found.group(2) == null
                    ? 1
                    : Integer.parseInt(found.group(2)));
        }
    }
}
