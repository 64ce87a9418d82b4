package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.SamplingOptions.Dry;
import io.millrace.inference.SamplingOptions.Mirostat;
import io.millrace.inference.SamplingOptions.Temperature;
import io.millrace.inference.SamplingOptions.Truncation;
import io.millrace.inference.tokenizer.Vocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** How to sample where there is no topic between, in llama.cpp's names: what prompts on topics have no fields for. */
final class LocalSamplingFlags {
    private static final Pattern BIAS = Pattern.compile("(\\d{1,9})([+-](?:inf|\\d+(?:\\.\\d+)?))",
            Pattern.CASE_INSENSITIVE);

    @Option(names = "--repeat-last-n", paramLabel = "N", defaultValue = "64", description = "Tokens that the penalties look back; -1 is the whole context.")
    private int repeatLastTokens;

    @Option(names = "--dynatemp-range", paramLabel = "R", defaultValue = "0", description = "How far the temperature may follow the model's uncertainty; 0 is off.")
    private float temperatureRange;

    @Option(names = "--dynatemp-exp", paramLabel = "X", defaultValue = "1", description = "How strongly it does.")
    private float temperatureExponent;

    @Option(names = "--top-nsigma", paramLabel = "N", defaultValue = "-1", description = "Drop logits more than N standard deviations below the greatest; -1 is off.")
    private float topNSigma;

    @Option(names = "--xtc-probability", paramLabel = "P", defaultValue = "0", description = "How often to exclude top choices; 0 is off.")
    private float xtcProbability;

    @Option(names = "--xtc-threshold", paramLabel = "P", defaultValue = "0.1", description = "How likely a top choice is.")
    private float xtcThreshold;

    @Option(names = "--dry-multiplier", paramLabel = "X", defaultValue = "0", description = "Penalty on repeating sequences (DRY); 0 is off.")
    private float dryMultiplier;

    @Option(names = "--dry-base", paramLabel = "X", defaultValue = "1.75", description = "How fast it grows with the sequence.")
    private float dryBase;

    @Option(names = "--dry-allowed-length", paramLabel = "N", defaultValue = "2", description = "Sequences shorter than N may be repeated.")
    private int dryAllowedLength;

    @Option(names = "--dry-penalty-last-n", paramLabel = "N", defaultValue = "-1", description = "Tokens it looks back; -1 is the whole context.")
    private int dryLastTokens;

    @Option(names = "--dry-sequence-breaker", paramLabel = "TEXT", description = "A text that no sequence goes across, in place of newline, colon, quote and star; 'none' for no such text; may be given several times.")
    private List<String> dryBreakers = List.of();

    @Option(names = "--mirostat", paramLabel = "0|1|2", defaultValue = "0", description = "Keep the text's surprise even, by the paper's algorithm 1 or 2; 0 is off.")
    private int mirostat;

    @Option(names = "--mirostat-ent", paramLabel = "BITS", defaultValue = "5", description = "The surprise to aim at.")
    private float mirostatTau;

    @Option(names = "--mirostat-lr", paramLabel = "X", defaultValue = "0.1", description = "How fast to adapt.")
    private float mirostatEta;

    @Option(names = {"-l",
            "--logit-bias"}, paramLabel = "TOKEN(+|-)BIAS", description = "Add to a token's logit: 15043+1 makes it likelier, 15043-inf bans it; may be given several times.")
    private List<String> biases = List.of();

    @Option(names = "--ignore-eos", description = "Never end the text by itself.")
    private boolean ignoreEnd;

    /**
     * Adds these to what the common flags say.
     *
     * @throws UserException if one is out of range
     */
    SamplingOptions applyTo(SamplingOptions options, int contextLength, Vocabulary vocabulary) {
        try {
            Truncation truncation = options.truncation();
            return options.withTemperature(
                    new Temperature(options.temperature().value(), temperatureRange, temperatureExponent))
                    .withTruncation(new Truncation(truncation.topK(), truncation.topP(), truncation.minP(),
                            truncation.typicalP(), topNSigma, xtcProbability, xtcThreshold))
                    .withPenalties(options.penalties()
                            .withLastTokens(lastTokens("--repeat-last-n", repeatLastTokens, contextLength)))
                    .withDry(new Dry(dryMultiplier, dryBase, dryAllowedLength,
                            lastTokens("--dry-penalty-last-n", dryLastTokens, contextLength), breakers()))
                    .withMirostat(new Mirostat(mirostat, mirostatTau, mirostatEta))
                    .withLogitBias(logitBias(vocabulary));
        } catch (IllegalArgumentException e) {
            throw new UserException("sampling: " + e.getMessage(), e);
        }
    }

    private static int lastTokens(String flag, int tokens, int contextLength) {
        if (tokens < -1) {
            throw new UserException(flag + " must be 0 or more, or -1, not " + tokens);
        }
        return tokens == -1 ? contextLength : tokens;
    }

    private List<String> breakers() {
        return dryBreakers.isEmpty()
                ? Dry.DEFAULT_BREAKERS
                : dryBreakers.equals(List.of("none"))
                        ? List.of()
                        : dryBreakers;
    }

    private Map<Integer, Float> logitBias(Vocabulary vocabulary) {
        Map<Integer, Float> all = new HashMap<>();
        for (String bias : biases) {
            Matcher parts = BIAS.matcher(bias);
            if (!parts.matches() || Integer.parseInt(parts.group(1)) >= vocabulary.size()) {
                throw new UserException("--logit-bias must be a token's id below " + vocabulary.size()
                        + ", then + or - and a number or inf, such as 15043-inf, not " + bias);
            }
            String value = parts.group(2).toLowerCase(Locale.ROOT).replace("inf", "Infinity");
            all.put(Integer.parseInt(parts.group(1)), Float.parseFloat(value));
        }
        if (ignoreEnd) {
            IntStream.range(0, vocabulary.size()).filter(vocabulary::isEndOfGeneration)
                    .forEach(token -> all.put(token, Float.NEGATIVE_INFINITY));
        }
        return all;
    }
}
