package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.pull.ModelsFolder;
import io.millrace.compose.pull.ModelsFolder.Entry;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "models", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Lists the models that -m finds by name, and those that have not come whole.")
final class ModelsCommand implements Callable<Integer> {
    private static final double BILLION = 1e9;
    private static final double MILLION = 1e6;

    @Option(names = "--json", description = "As a JSON array.")
    private boolean json;

    @Mixin
    private ModelsFolderFlag models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ModelsFolder folder = models.folder();
        List<Map<String, Object>> all = folder.list().stream().map(ModelsCommand::describe).toList();
        Output output = Root.outputOf(spec);
        if (json) {
            output.printJson(all);
        } else if (all.isEmpty()) {
            spec.commandLine().getErr().println("millrace: no model in " + folder.path()
                    + ": 'millrace pull' fetches one");
        } else {
            print(all, output);
        }
        return 0;
    }

    private static Map<String, Object> describe(Entry entry) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", entry.name());
        all.put("file", entry.file().toString());
        all.put("bytes", entry.bytes());
        if (!entry.isWhole()) {
            all.put("state", "incomplete");
            all.put("missing_files", entry.missing());
            if (entry.size() >= 0) {
                all.put("size", entry.size());
            }
            return all;
        }
        try (Gguf model = Gguf.open(entry.file())) {
            String architecture = model.metadata().optionalString("general.architecture").orElse("unknown");
            all.put("state", "complete");
            all.put("files", model.metadata().count("split.count", 1));
            all.put("architecture", architecture);
            all.put("type", mainType(model));
            all.put("parameters", model.tensors().stream().mapToLong(Tensor::elements).sum());
            all.put("context", model.metadata().count(architecture + ".context_length", 0));
        } catch (GgufException e) {
            all.put("state", "damaged");
            all.put("reason", e.getMessage());
        }
        return all;
    }

    /** The type that most of its parameters have. */
    private static String mainType(Gguf model) {
        return model.tensors().stream()
                .collect(Collectors.groupingBy(Tensor::type, Collectors.summingLong(Tensor::elements)))
                .entrySet().stream().max(Map.Entry.comparingByValue()).map(most -> most.getKey().name()).orElse("-");
    }

    private static void print(List<Map<String, Object>> all, Output output) {
        int width = all.stream().mapToInt(model -> String.valueOf(model.get("name")).length()).max().orElse(0);
        output.printLine(row(width, "NAME", "SIZE", "TYPE", "PARAMETERS", "CONTEXT", "STATE"));
        all.forEach(model -> output.printLine(row(width, model.get("name"), Bytes.readable((Long) model.get("bytes")),
                model.getOrDefault("type", "-"), parameters(model), model.getOrDefault("context", "-"), state(model))));
    }

    private static String row(int width, Object name, Object size, Object type, Object parameters, Object context,
            Object state) {
        String padding = " ".repeat(Math.max(0, Math.max(width, 4) - name.toString().length()));
        return name + padding
                + String.format(Locale.ROOT, "  %9s  %-7s  %10s  %7s  %s", size, type, parameters, context,
                        state);
    }

    private static String parameters(Map<String, Object> model) {
        if (!(model.get("parameters") instanceof Long count)) {
            return "-";
        }
        return count >= BILLION
                ? String.format(Locale.ROOT, "%.1f B", count / BILLION)
                : String.format(Locale.ROOT, "%.1f M", count / MILLION);
    }

    private static String state(Map<String, Object> model) {
        return switch (String.valueOf(model.get("state"))) {
            case "damaged" -> "damaged: " + model.get("reason");
            case "incomplete" -> "incomplete" + (model.get("size") instanceof Long size && size > 0
                    ? ", " + 100 * (Long) model.get("bytes") / size + "% is there"
                    : ", " + model.get("missing_files") + " files are missing");
            default -> (Integer) model.get("files") > 1 ? "complete, " + model.get("files") + " files" : "complete";
        };
    }
}
