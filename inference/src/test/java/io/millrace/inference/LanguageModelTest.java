package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.chat.ChatMessage;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.inference.gguf.GgufBuilder;
import io.millrace.inference.gguf.GgufException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageModelTest {
    @TempDir
    Path folder;

    @Test
    void theDemoModelComesWithItsTokenizerAndChatTemplate() {
        try (LanguageModel model = LanguageModel.demo()) {
            assertThat(model.contextLength()).isPositive();
            assertThat(model.chatTemplate()).isPresent();
            int[] text = model.encode("Once upon a time");
            assertThat(text[0]).isEqualTo(model.tokenizer().vocabulary().beginningOfSequence().orElseThrow());
            assertThat(model.tokenizer().decode(text)).contains("Once upon a time");
            int[] chat = model.encodeChat(List.of(user("Once upon a time")));
            assertThat(chat).hasSizeGreaterThan(text.length);
        }
    }

    private static ChatMessage user(String content) {
        return ChatMessage.of("user", content);
    }

    @Test
    void aBaseModelRefusesMessagesByName() {
        try (LanguageModel model = LanguageModel.load(SharedData.model("stories260K.gguf"))) {
            assertThat(model.name()).isEqualTo("stories260K");
            assertThatThrownBy(() -> model.encodeChat(List.of(user("Hello")))).isInstanceOf(ChatTemplateException.class)
                    .hasMessageContaining("stories260K has no chat template");
        }
    }

    @Test
    void aModelOfAnotherArchitectureIsNamed() throws IOException {
        refused(file -> file.string("general.architecture", "mamba"), "architecture 'mamba'", "Millrace runs 'llama'");
        refused(file -> file, "the metadata key general.architecture is missing");
        refused(file -> llama(file).count("llama.attention.head_count_kv", 3), "4 attention heads cannot share 3");
        refused(file -> llama(file).count("llama.attention.head_count_kv", 2), "tokenizer.ggml.model is missing");
    }

    private static GgufBuilder llama(GgufBuilder file) {
        return file.string("general.architecture", "llama").count("llama.block_count", 1)
                .count("llama.context_length", 64)
                .count("llama.embedding_length", 32).count("llama.feed_forward_length", 32)
                .count("llama.attention.head_count", 4).number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    }

    private void refused(UnaryOperator<GgufBuilder> contents, String... reasons) throws IOException {
        Path path = Files.write(folder.resolve("odd.gguf"), contents.apply(new GgufBuilder()).build());
        assertThatThrownBy(() -> LanguageModel.load(path).close()).isInstanceOf(GgufException.class)
                .hasMessageStartingWith(path + ": ").hasMessageContainingAll(reasons);
    }
}
