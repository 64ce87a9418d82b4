package io.millrace.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Examples in Markdown that name the schema they keep. To have an example checked, write the schema's name behind
 * {@code json} where its fence opens: {@code ```json prompt}, {@code ```json token-event}, {@code ```json completion},
 * {@code ```json control}, {@code ```json client-frame} or {@code ```json server-frame}. The fence holds one document,
 * or several, one a line.
 */
record FencedExamples(Path file, int line, String label, String content) {
    private static final Pattern OPENING = Pattern.compile("\\s*```json +(\\S+)\\s*");

    /** The marked examples of README.md and everything under docs. */
    static List<FencedExamples> below(Path repository) throws IOException {
        List<FencedExamples> examples = new ArrayList<>();
        for (Path start : List.of(repository.resolve("README.md"), repository.resolve("docs"))) {
            if (!Files.exists(start)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(start)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
                    examples.addAll(in(file, Files.readAllLines(file)));
                }
            }
        }
        return examples;
    }

    static List<FencedExamples> in(Path file, List<String> lines) {
        List<FencedExamples> examples = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher opening = OPENING.matcher(lines.get(i));
            if (!opening.matches()) {
                continue;
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).strip().equals("```")) {
                end++;
            }
            examples.add(
                    new FencedExamples(file, i + 1, opening.group(1), String.join("\n", lines.subList(i + 1, end))));
            i = end;
        }
        return examples;
    }

    /** The documents, which are the lines if each line is an object of its own, else the whole. */
    List<String> documents() {
        List<String> lines = content.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        boolean each = lines.stream().allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        return each ? lines : List.of(content);
    }
}
