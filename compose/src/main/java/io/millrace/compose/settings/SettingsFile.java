package io.millrace.compose.settings;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Reads a properties file, as {@link Properties} does, and remembers on which line each name stands. */
final class SettingsFile {
    private final Path path;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private SettingsFile(Path path) {
        this.path = path;
    }

    /**
     * What it says, by name.
     *
     * @throws UserException if it cannot be read, or says something twice
     */
    static Map<String, Setting> read(Path path) {
        var file = new SettingsFile(path);
        try {
            file.take(Files.readAllLines(path));
        } catch (IOException e) {
            throw new UserException("the settings file " + path + " cannot be read: give a properties file in UTF-8 ("
                    + e + ")", e);
        }
        return file.settings;
    }

    private void take(List<String> lines) throws IOException {
        int i = 0;
        while (i < lines.size()) {
            int number = i + 1;
            var logical = new StringBuilder(lines.get(i++));
            while (!isComment(logical) && goesOn(logical) && i < lines.size()) {
                logical.append('\n').append(lines.get(i++));
            }
            add(logical.toString(), number);
        }
    }

    private void add(String line, int number) throws IOException {
        var properties = new Properties();
        try {
            properties.load(new StringReader(line));
        } catch (IllegalArgumentException e) {
            throw new UserException(path + ":" + number + ": " + e.getMessage() + ": write a backslash twice", e);
        }
        for (String name : properties.stringPropertyNames()) {
            Setting former = settings.put(name, new Setting(properties.getProperty(name).strip(), path + ":" + number));
            if (former != null) {
                throw new UserException(path + ":" + number + ": " + name + " is already given at " + former.source()
                        + ": remove one");
            }
        }
    }

    private static boolean isComment(CharSequence line) {
        String text = line.toString().stripLeading();
        return text.startsWith("#") || text.startsWith("!");
    }

    /** An odd number of backslashes at its end continues a line. */
    private static boolean goesOn(CharSequence line) {
        int at = line.length();
        while (at > 0 && line.charAt(at - 1) == '\\') {
            at--;
        }
        return (line.length() - at) % 2 == 1;
    }
}
