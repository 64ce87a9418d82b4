package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.ModelMemory;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "inspect", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Prints what is in a model: metadata, tensors, sizes, and the memory it needs.")
final class InspectCommand implements Callable<Integer> {
    private static final String CONTEXT = ".context_length";
    private static final int SHOWN_ELEMENTS = 3;
    private static final int SHOWN_CHARACTERS = 100;

    @Option(names = {"-c",
            "--ctx-size"}, paramLabel = "N", description = "The context to count memory for; what the model was made for unless given.")
    private Integer context;

    @Option(names = {"-np",
            "--parallel"}, paramLabel = "N", defaultValue = "1", description = "How many sequences so long; ${DEFAULT-VALUE} unless given.")
    private int sequences;

    @Mixin
    private CacheFlags cache;

    @Option(names = "--json", description = "All of it as one JSON object; long arrays are given by their length.")
    private boolean json;

    @Mixin
    private ModelFile file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (sequences < 1 || context != null && context < 1) {
            throw new UserException("--parallel and --ctx-size must be 1 or more");
        }
        Output output = Root.outputOf(spec);
        try (Gguf model = file.openFile()) {
            Map<String, Object> all = contents(model);
            if (json) {
                output.printJson(all);
            } else {
                print(model, all, output);
            }
        }
        return 0;
    }

    private Map<String, Object> contents(Gguf model) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", model.source());
        all.put("bytes", model.size());
        all.put("parameters", model.tensors().stream().mapToLong(Tensor::elements).sum());
        Map<String, Object> metadata = new LinkedHashMap<>();
        model.metadata().keys().forEach(key -> metadata.put(key, shortened(model.metadata().value(key))));
        all.put("metadata", metadata);
        List<Map<String, Object>> tensors = new ArrayList<>();
        for (Tensor tensor : model.tensors()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", tensor.name());
            entry.put("type", tensor.type().name());
            entry.put("dimensions", tensor.dimensions());
            entry.put("bytes", tensor.data().byteSize());
            tensors.add(entry);
        }
        all.put("tensors", tensors);
        memory(model).ifPresent(memory -> all.put("memory", memory));
        return all;
    }

    /** Only of an architecture that can be run. */
    private Optional<Map<String, Object>> memory(Gguf model) {
        String architecture = model.metadata().optionalString("general.architecture").orElse("");
        int length = context != null ? context : model.metadata().count(architecture + CONTEXT, 0);
        if (!architecture.equals("llama") || length == 0) {
            return Optional.empty();
        }
        ModelMemory needed = ModelMemory.of(model, cache.keyType(), cache.valueType());
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("context", length);
        memory.put("sequences", sequences);
        memory.put("weights", needed.weightBytes());
        memory.put("cache", needed.cacheBytes(length, sequences));
        memory.put("total", needed.weightBytes() + needed.cacheBytes(length, sequences));
        return Optional.of(memory);
    }

    private static Object shortened(Object value) {
        if (!value.getClass().isArray() || Array.getLength(value) <= SHOWN_ELEMENTS) {
            return value;
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("length", Array.getLength(value));
        List<Object> first = new ArrayList<>();
        for (int i = 0; i < SHOWN_ELEMENTS; i++) {
            first.add(Array.get(value, i));
        }
        summary.put("first", first);
        return summary;
    }

    private static void print(Gguf model, Map<String, Object> all, Output output) {
        output.printLine(model.source() + ": " + Bytes.readable(model.size()) + ", " + model.tensors().size()
                + " tensors, " + all.get("parameters") + " parameters");
        output.printLine("\nMetadata");
        ((Map<?, ?>) all.get("metadata"))
                .forEach((key, value) -> output.printLine("  " + key + " = " + readable(value)));
        output.printLine("\nTensors");
        Map<TensorType, Long> bytesByType = new EnumMap<>(TensorType.class);
        for (Tensor tensor : model.tensors()) {
            output.printLine(String.format(Locale.ROOT, "  %-32s %-8s %-24s %s", tensor.name(), tensor.type(),
                    tensor.dimensions(), Bytes.readable(tensor.data().byteSize())));
            bytesByType.merge(tensor.type(), tensor.data().byteSize(), Long::sum);
        }
        output.printLine("\nTypes");
        bytesByType.forEach((type, bytes) -> output.printLine(String.format(Locale.ROOT, "  %-8s %s", type,
                Bytes.readable(bytes))));
        if (all.get("memory") instanceof Map<?, ?> memory) {
            output.printLine("\nMemory for a context of " + memory.get("context") + ", " + memory.get("sequences")
                    + " at a time");
            for (String part : List.of("weights", "cache", "total")) {
                output.printLine(String.format(Locale.ROOT, "  %-8s %s", part,
                        Bytes.readable((Long) memory.get(part))));
            }
        }
    }

    private static String readable(Object value) {
        String text = value instanceof Object[] array
                ? List.of(array).toString()
                : String.valueOf(value);
        String oneLine = text.replace("\n", "\\n").replace("\r", "\\r");
        return oneLine.length() <= SHOWN_CHARACTERS
                ? oneLine
                : oneLine.substring(0, SHOWN_CHARACTERS) + "... (" + text.length() + " characters)";
    }
}
