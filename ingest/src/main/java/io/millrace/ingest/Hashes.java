package io.millrace.ingest;

/** Numbers that follow from texts, the same for every worker. */
final class Hashes {
    private Hashes() {}

    /** FNV-1a, of 64 bits. */
    static long fnv(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
