package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Bytes to JSON objects and back, as strictly as RFC 8259 and RFC 3629 allow. Safe for any thread. */
final class Json {
    static final int MAX_NESTING = 64;
    static final int MAX_NUMBER_CHARACTERS = 1000;
    static final int MAX_NAME_CHARACTERS = 10_000;

    private static final int INITIAL_BUFFER_BYTES = 256;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern ADVICE = Pattern.compile("(: enable `| \\(not recognized as).*");

    /** Keeps numbers exact, so that metadata comes back as it went in. */
    private static final JsonMapper MAPPER = JsonMapper.builder(factory())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** What a codec writes between the opening and the closing brace. */
    @FunctionalInterface
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** The text of {@code value}, which must be UTF-8 throughout; a byte order mark at its beginning is dropped. */
    static String utf8(byte[] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw refused("not UTF-8: the byte at offset " + bytes.position()
                    + " belongs to no character; encode the value as UTF-8", e);
        }
    }

    /** Reads a text that holds one JSON object and nothing else. */
    static Fields object(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            JsonNode node = MAPPER.readTree(parser);
            if (!(node instanceof ObjectNode object)) {
                throw new InvalidPromptException("expected a JSON object, found "
                        + (node == null ? "nothing" : Excerpt.of(node)));
            }
            if (parser.nextToken() != null) {
                throw new InvalidPromptException("there is text after the JSON object"
                        + place(parser.currentTokenLocation()) + "; send each object by itself");
            }
            Interchange.check(object);
            return new Fields("", object);
        } catch (StreamConstraintsException e) {
            throw refused("JSON beyond the limits of " + MAX_NESTING + " levels of nesting, " + MAX_NAME_CHARACTERS
                    + " characters a name and " + MAX_NUMBER_CHARACTERS + " a number", e);
        } catch (JsonProcessingException e) {
            throw refused("not valid JSON" + place(e.getLocation()) + ": " + reason(e), e);
        } catch (NumberFormatException e) {
            // An exponent of more than ten digits; shorter ones pass here and are Interchange's business.
            throw refused("a number is too large or too small; numbers may be up to 1.79e308", e);
        } catch (IOException e) {
            throw refused("not readable as JSON: " + e.getMessage(), e);
        }
    }

    /** One JSON object in UTF-8, without blanks between its parts. */
    static byte[] bytes(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BUFFER_BYTES);
        try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    private static JsonFactory factory() {
        // Strings are bounded by the size of the whole, which the callers check or have in memory already.
        StreamReadConstraints limits = StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING)
                .maxNameLength(MAX_NAME_CHARACTERS).maxNumberLength(MAX_NUMBER_CHARACTERS)
                .maxStringLength(Integer.MAX_VALUE).build();
        return JsonFactory.builder().streamReadConstraints(limits).enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** The parser's reason without its advice to programmers on which feature to enable. */
    private static String reason(JsonProcessingException e) {
        return Excerpt.shorten(ADVICE.matcher(e.getOriginalMessage()).replaceFirst(""), Excerpt.MAX_REASON_CHARACTERS);
    }

    private static InvalidPromptException refused(String message, Exception cause) {
        InvalidPromptException refusal = new InvalidPromptException(message);
        refusal.initCause(cause);
        return refusal;
    }
}
