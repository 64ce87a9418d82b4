package io.millrace.sink.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of those who may come in. Only hashes are kept: keys are random and long, so that a plain SHA-256 tells nothing about them. Immutable; safe for any
 * thread.
 */
public final class ApiKeys {
    /** No dots: one stands behind the name in ids. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    private static final class Entry {
        private final Caller caller;
        private final byte[] hash;

        Entry(Caller caller, byte[] hash) {
            this.caller = caller;
            this.hash = hash;
        }
    }

    private final List<Entry> entries;

    private ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads keys, one a line: name, scopes with commas between, SHA-256 of the key in hexadecimal. Blank lines and those that begin with # say nothing.
     *
     * @throws IllegalArgumentException naming the line, and what is wrong with it
     */
    public static ApiKeys parse(List<String> lines) {
        var entries = new ArrayList<Entry>();
        var names = new HashSet<String>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    Entry entry = entry(line);
                    if (!names.add(entry.caller.name())) {
                        throw new IllegalArgumentException("there is another key named " + entry.caller.name());
                    }
                    entries.add(entry);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there is no key");
        }
        return new ApiKeys(entries);
    }

    /**
     * The line that {@link #parse} reads of a key.
     *
     * @throws IllegalArgumentException if the name cannot be one
     */
    public static String line(String name, Set<Scope> scopes, String key) {
        String listed = String.join(",", scopes.stream().sorted().map(scope -> scope.name().toLowerCase(Locale.ROOT))
                .toList());
        String line = name + " " + listed + " " + HexFormat.of().formatHex(hash(key));
        entry(line);
        return line;
    }

    private static Entry entry(String line) {
        String[] parts = line.split("\\s+", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("name, scopes and hash are expected, with blanks between");
        }
        if (!NAME.matcher(parts[0]).matches()) {
            throw new IllegalArgumentException("a name has 1 to 32 letters, digits, _ or -");
        }
        var scopes = EnumSet.noneOf(Scope.class);
        for (String scope : parts[1].split(",", -1)) {
            try {
                scopes.add(Scope.valueOf(scope.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("scopes are generate, subscribe and admin, with commas between");
            }
        }
        return new Entry(new Caller(parts[0], scopes), hashOf(parts[2]));
    }

    private static byte[] hashOf(String text) {
        try {
            byte[] hash = HexFormat.of().parseHex(text);
            if (hash.length == Sha256.BYTES) {
                return hash;
            }
        } catch (IllegalArgumentException e) {
            // said below; the text may be a key, and is not repeated
        }
        throw new IllegalArgumentException("the hash must be the key's SHA-256, 64 hexadecimal digits");
    }

    /** Whose key this is. Takes as long whatever the key is. */
    Optional<Caller> find(String key) {
        byte[] hash = hash(key);
        Caller found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(hash, entry.hash)) {
                found = entry.caller;
            }
        }
        return Optional.ofNullable(found);
    }

    private static byte[] hash(String key) {
        return Sha256.of(key.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "keys of " + Arrays.toString(entries.stream().map(entry -> entry.caller.name()).toArray());
    }
}
