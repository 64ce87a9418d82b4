package io.millrace.inference.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the tokens that are matched in text before anything else: user-defined ones always, control tokens where the
 * text may name them. As in llama.cpp, a longer token goes first, wherever it stands; then the one further left.
 */
final class SpecialTokens {
    /** A piece of the input: ordinary text, or one special token. */
    sealed interface Fragment {}

    record Text(String text) implements Fragment {}

    record Special(int token) implements Fragment {}

    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();
        int token = -1;
    }

    private record Match(int start, int length, int token) {
        static final Comparator<Match> ORDER = Comparator.comparingInt((Match match) -> -match.length)
                .thenComparingInt(Match::start);

        int end() {
            return start + length;
        }
    }

    private final TokenTable table;
    private final Node root = new Node();

    SpecialTokens(TokenTable table) {
        this.table = table;
        for (int token = 0; token < table.size(); token++) {
            TokenType type = table.type(token);
            if (type.isControl() || type == TokenType.USER_DEFINED) {
                add(table.piece(token), token);
            }
        }
    }

    private void add(String name, int token) {
        if (name.isEmpty()) {
            return;
        }
        Node node = root;
        for (int i = 0; i < name.length(); i++) {
            node = node.next.computeIfAbsent(name.charAt(i), c -> new Node());
        }
        if (node.token < 0) {
            node.token = token;
        }
    }

    /** Cuts a text into ordinary stretches, none empty, and special tokens. */
    List<Fragment> split(List<Segment> segments) {
        StringBuilder joined = new StringBuilder();
        BitSet mayBeSpecial = new BitSet();
        for (Segment segment : segments) {
            mayBeSpecial.set(joined.length(), joined.length() + segment.text().length(), segment.parseSpecial());
            joined.append(segment.text());
        }
        String text = WellFormed.of(joined.toString());
        List<Match> matches = disjoint(matches(text, mayBeSpecial), text.length());
        List<Fragment> fragments = new ArrayList<>();
        int position = 0;
        for (Match match : matches) {
            if (match.start > position) {
                fragments.add(new Text(text.substring(position, match.start)));
            }
            fragments.add(new Special(match.token));
            position = match.end();
        }
        if (position < text.length()) {
            fragments.add(new Text(text.substring(position)));
        }
        return fragments;
    }

    private List<Match> matches(String text, BitSet mayBeSpecial) {
        List<Match> found = new ArrayList<>();
        for (int start = 0; start < text.length(); start++) {
            Node node = root;
            boolean special = true;
            for (int i = start; i < text.length(); i++) {
                node = node.next.get(text.charAt(i));
                if (node == null) {
                    break;
                }
                special &= mayBeSpecial.get(i);
                if (node.token >= 0 && (special || !table.isControl(node.token))) {
                    found.add(new Match(start, i + 1 - start, node.token));
                }
            }
        }
        return found;
    }

    private static List<Match> disjoint(List<Match> matches, int length) {
        matches.sort(Match.ORDER);
        BitSet taken = new BitSet(length);
        List<Match> result = new ArrayList<>();
        for (Match match : matches) {
            // what is taken already is at least as long, so it cannot lie between the two ends
            if (!taken.get(match.start) && !taken.get(match.end() - 1)) {
                taken.set(match.start, match.end());
                result.add(match);
            }
        }
        result.sort(Comparator.comparingInt(Match::start));
        return result;
    }
}
