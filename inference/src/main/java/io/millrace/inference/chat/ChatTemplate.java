package io.millrace.inference.chat;

import io.millrace.inference.chat.jinja.JinjaException;
import io.millrace.inference.chat.jinja.Template;
import io.millrace.inference.chat.jinja.Untrusted;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Metadata;
import io.millrace.inference.tokenizer.Segment;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Vocabulary;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A model's chat template. To one that knows nothing of tools they are put in words. Immutable, safe for any thread. */
public final class ChatTemplate {
    private static final String KEY = "tokenizer.chat_template";

    private final String source;
    private final Template template;
    private final Clock clock;
    private final TemplateVariables variables;
    /** Whether it tells the model of tools. */
    private final boolean knowsTools;

    private ChatTemplate(String source, Template template, Clock clock, TemplateVariables variables,
            boolean knowsTools) {
        this.source = source;
        this.template = template;
        this.clock = clock;
        this.variables = variables;
        this.knowsTools = knowsTools;
    }

    /**
     * The template of a model file; empty if it has none.
     *
     * @param clock for templates that tell the model the date
     * @throws GgufException if the template cannot be parsed
     */
    public static Optional<ChatTemplate> of(Metadata metadata, Vocabulary vocabulary, Clock clock) {
        return metadata.optionalString(KEY).map(text -> {
            try {
                TemplateVariables variables = TemplateVariables.of(metadata, vocabulary);
                return new ChatTemplate(metadata.source(), Template.parse(text), clock, variables,
                        text.contains("tool"));
            } catch (JinjaException e) {
                throw new GgufException(metadata.source() + ": " + KEY + ", " + e.getMessage(), e);
            }
        });
    }

    /**
     * The rendering as text, for people to look at. Tokens are to be made by {@link #encode}: in this text what people
     * wrote can no longer be told from the template's own markers.
     *
     * @throws ChatTemplateException if the template does not accept the conversation
     */
    public String render(Conversation conversation) {
        return Untrusted.plain(marked(conversation));
    }

    /**
     * The rendering as tokens, ready to be generated from: with exactly one beginning-of-sequence token if the model
     * wants one. Only the template's own text becomes control tokens.
     *
     * @throws ChatTemplateException if the template does not accept the conversation
     */
    public int[] encode(Conversation conversation, Tokenizer tokenizer) {
        int[] tokens = tokenizer.encode(segments(marked(conversation)));
        OptionalInt beginning = tokenizer.vocabulary().beginningOfSequence();
        boolean missing = beginning.isPresent() && (tokens.length == 0 || tokens[0] != beginning.getAsInt());
        return missing
                ? IntStream.concat(IntStream.of(beginning.getAsInt()), IntStream.of(tokens)).toArray()
                : tokens;
    }

    private String marked(Conversation conversation) {
        try {
            return rendered(knowsTools ? conversation : PlainTools.inWords(conversation));
        } catch (JinjaException e) {
            throw new ChatTemplateException("the chat template of " + source + ", " + e.getMessage(), e);
        }
    }

    /** Where a message has no content, some templates want none, as in OpenAI's API, and others search a text. */
    private String rendered(Conversation conversation) {
        try {
            return template.render(variables.of(conversation, null), clock);
        } catch (JinjaException e) {
            if (conversation.messages().stream().noneMatch(message -> message.content().isEmpty())) {
                throw e;
            }
            return template.render(variables.of(conversation, ""), clock);
        }
    }

    /** Cuts a marked rendering where text of the template and text of people meet. */
    private static List<Segment> segments(String marked) {
        String plain = Untrusted.plain(marked);
        List<Segment> segments = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= marked.length(); i++) {
            boolean untrusted = Untrusted.isMarked(marked, start);
            if (i == marked.length() || Untrusted.isMarked(marked, i) != untrusted) {
                segments.add(new Segment(plain.substring(start, i), !untrusted));
                start = i;
            }
        }
        return segments;
    }
}
