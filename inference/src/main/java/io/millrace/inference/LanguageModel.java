package io.millrace.inference;

import io.millrace.inference.chat.ChatMessage;
import io.millrace.inference.chat.ChatTemplate;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.inference.chat.Conversation;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.grammar.VocabularyBytes;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.model.LlamaConfig;
import io.millrace.inference.model.LlamaWeights;
import io.millrace.inference.model.Rehearsal;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A model file, ready to run: its weights (mapped, not read), its tokenizer and its chat template. Immutable and safe for any thread until closed; engines that use it
 * must be closed first.
 */
public final class LanguageModel implements AutoCloseable {
    private static final String DEMO = "millrace-demo-Q8_0.gguf";
    private static final String PYTHON_TAG = "<|python_tag|>";
    private static final long PAGE_BYTES = 4096;
    /** What file names say about the files rather than the model. */
    private static final Pattern CONTAINER = Pattern
            .compile("(-\\d{5}-of-\\d{5})?(\\.cat\\d+)?\\.(gguf|llamafile)(\\.cat\\d+)?(@.*)?$");

    private final String name;
    private final Gguf file;
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> chatTemplate;
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Kernels kernels;
    private final Rehearsal rehearsal;
    private final Supplier<VocabularyBytes> vocabularyBytes;
    private final Supplier<OptionalInt> pythonTag;

    private LanguageModel(String name, Gguf file) {
        this.name = name;
        this.file = file;
        this.kernels = Kernels.fastest();
        this.config = LlamaConfig.of(file.metadata());
        this.rehearsal = Rehearsal.start(file, config, kernels);
        this.tokenizer = Tokenizers.of(file.metadata());
        this.vocabularyBytes = new Lazy<>(() -> VocabularyBytes.of(tokenizer));
        this.pythonTag = new Lazy<>(() -> IntStream.range(0, tokenizer.vocabulary().size())
                .filter(token -> tokenizer.vocabulary().isControl(token)
                        && tokenizer.vocabulary().piece(token).equals(PYTHON_TAG))
                .findFirst());
        this.chatTemplate = ChatTemplate.of(file.metadata(), tokenizer.vocabulary(),
                Clock.system(ZoneId.systemDefault()));
        this.weights = LlamaWeights.of(file, config, tokenizer.vocabulary().size(), kernels.types());
    }

    /**
     * Opens a model, whatever {@link Gguf#open} takes.
     *
     * @throws GgufException if it is missing, damaged, or of a kind that Millrace cannot run; the message says which
     */
    public static LanguageModel load(Path path) {
        Gguf file = Gguf.open(path);
        return of(nameOf(path.getFileName().toString()), file);
    }

    /** The small model that comes with Millrace; it tells children's stories. */
    public static LanguageModel demo() {
        return of(nameOf(DEMO), demoFile());
    }

    /** The file of {@link #demo}, which closing does nothing to. */
    public static Gguf demoFile() {
        try (InputStream resource = LanguageModel.class.getResourceAsStream("/models/" + DEMO)) {
            byte[] bytes = resource.readAllBytes();
            MemorySegment memory = Arena.ofAuto().allocate(bytes.length, PAGE_BYTES);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return Gguf.of(memory, DEMO);
        } catch (IOException e) {
            throw new UncheckedIOException("the built-in model cannot be read", e);
        }
    }

    private static LanguageModel of(String name, Gguf file) {
        try {
            return new LanguageModel(name, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The same for a GGUF, its shards, its parts and a llamafile of it. */
    private static String nameOf(String fileName) {
        return CONTAINER.matcher(fileName).replaceFirst("");
    }

    /** The file's name without its extension: what prompts call the model by. */
    public String name() {
        return name;
    }

    /** Bytes of its files. */
    public long size() {
        return file.size();
    }

    /** Bytes of weights that every step reads: all matrices but an embedding that is not the output as well. */
    public long stepBytes() {
        return weights.stepBytes();
    }

    /** The type of most of its weights. */
    public TensorType weightType() {
        return weights.layers().getFirst().gate().type();
    }

    /** What it takes to run it with keys and values of these types. */
    public ModelMemory memory(TensorType keyType, TensorType valueType) {
        return ModelMemory.of(config, size(), keyType, valueType);
    }

    /** The most positions the model was made for. */
    public int contextLength() {
        return config.contextLength();
    }

    /** How many numbers an embedding has. */
    public int embeddingLength() {
        return config.width();
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** How the model wants conversations written; empty for base models. */
    public Optional<ChatTemplate> chatTemplate() {
        return chatTemplate;
    }

    /** A bare text as tokens, with the beginning-of-sequence token if the model wants one; special tokens' names stay text. */
    public int[] encode(String text) {
        int[] tokens = tokenizer.encode(text, false);
        var beginning = tokenizer.vocabulary().beginningOfSequence();
        if (beginning.isEmpty()) {
            return tokens;
        }
        var all = new int[tokens.length + 1];
        all[0] = beginning.getAsInt();
        System.arraycopy(tokens, 0, all, 1, tokens.length);
        return all;
    }

    /**
     * A conversation as tokens, ready for the assistant's answer. What people wrote cannot become a control token.
     *
     * @throws ChatTemplateException if the template refuses the conversation, or the model has no template
     */
    public int[] encodeChat(List<ChatMessage> messages) {
        return encodeChat(Conversation.of(messages));
    }

    /** As {@link #encodeChat(List)}, perhaps with tools. */
    public int[] encodeChat(Conversation conversation) {
        return requireChatTemplate().encode(conversation, tokenizer);
    }

    /**
     * How the model wants conversations written.
     *
     * @throws ChatTemplateException if it has no template
     */
    public ChatTemplate requireChatTemplate() {
        return chatTemplate.orElseThrow(() -> new ChatTemplateException(
                "the model " + name + " has no chat template: give it a prompt instead of messages"));
    }

    /** The token that Llama 3.1 writes before code and calls; empty for models that have none. */
    public OptionalInt pythonTag() {
        return pythonTag.get();
    }

    /** For grammars; sorted when it is first asked for. */
    VocabularyBytes vocabularyBytes() {
        return vocabularyBytes.get();
    }

    LlamaConfig config() {
        return config;
    }

    LlamaWeights weights() {
        return weights;
    }

    Kernels kernels() {
        return kernels;
    }

    /** To be waited for before anything is computed. */
    Rehearsal rehearsal() {
        return rehearsal;
    }

    /** Unmaps the file. */
    @Override
    public void close() {
        rehearsal.close();
        file.close();
    }
}
