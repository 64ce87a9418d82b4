package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into text and the tokens of its tags, and does all white space control. */
final class Lexer {
    private enum Trim {
        NOTHING, NEWLINE, ALL
    }

    private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
    private static final List<String> LONG_OPERATORS = List.of("==", "!=", "<=", ">=", "//", "**");
    private static final String OPERATORS = "+-*/%~<>=|.,:()[]{}";

    private final Source source;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private Trim trim = Trim.NOTHING;

    Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    List<Token> tokens() {
        while (position < text.length()) {
            int tag = nextTag();
            text(tag);
            if (tag == text.length()) {
                break;
            }
            switch (text.charAt(tag + 1)) {
                case '#' -> comment(tag);
                case '{' -> output(tag);
                default -> block(tag);
            }
        }
        tokens.add(new Token(Token.Kind.END, "", text.length()));
        return tokens;
    }

    private int nextTag() {
        for (int i = text.indexOf('{', position); i >= 0 && i + 1 < text.length(); i = text.indexOf('{', i + 1)) {
            if ("{%#".indexOf(text.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return text.length();
    }

    /** The text up to a tag, trimmed as the tags on both sides of it want. */
    private void text(int tag) {
        int start = afterTrim(position);
        int end = tag;
        char modifier = tag + 2 < text.length() ? text.charAt(tag + 2) : ' ';
        if (tag < text.length() && modifier == '-') {
            end = rightTrimmed(start, end);
        } else if (tag < text.length() && modifier != '+' && text.charAt(tag + 1) != '{') {
            end = withoutIndentation(start, end);
        }
        add(start, end);
        trim = Trim.NOTHING;
    }

    private void add(int start, int end) {
        if (start < end) {
            tokens.add(new Token(Token.Kind.TEXT, text.substring(start, end), start));
        }
    }

    private int afterTrim(int from) {
        int start = from;
        if (trim == Trim.NEWLINE && start < text.length() && text.charAt(start) == '\n') {
            return start + 1;
        }
        while (trim == Trim.ALL && start < text.length() && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        return start;
    }

    private int rightTrimmed(int start, int from) {
        int end = from;
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Leaves out the blanks before a tag that is the first thing on its line. */
    private int withoutIndentation(int start, int from) {
        int end = from;
        while (end > start && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        return end == 0 || text.charAt(end - 1) == '\n' ? end : from;
    }

    private void comment(int tag) {
        int end = text.indexOf("#}", tag + 2);
        if (end < 0) {
            throw source.error(tag, "the comment has no end");
        }
        position = end + 2;
        trim = trimAfter(text.charAt(end - 1), true);
    }

    private static Trim trimAfter(char modifier, boolean block) {
        return modifier == '-' ? Trim.ALL : modifier == '+' || !block ? Trim.NOTHING : Trim.NEWLINE;
    }

    private void output(int tag) {
        tag(tag, Token.Kind.OUTPUT_BEGIN, Token.Kind.OUTPUT_END, "}}");
    }

    private void block(int tag) {
        int first = tokens.size() + 1;
        tag(tag, Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, "%}");
        if (tokens.size() == first + 2 && tokens.get(first).is(Token.Kind.NAME, "raw")) {
            tokens.subList(first - 1, tokens.size()).clear();
            raw(tag);
        }
    }

    private void raw(int tag) {
        Matcher end = END_OF_RAW.matcher(text);
        if (!end.find(position)) {
            throw source.error(tag, "raw has no endraw");
        }
        int start = afterTrim(position);
        int stop = Math.max(start, end.start());
        if (end.group(1).equals("-")) {
            stop = rightTrimmed(start, stop);
        } else if (end.group(1).isEmpty()) {
            stop = withoutIndentation(start, stop);
        }
        add(start, stop);
        position = end.end();
        trim = trimAfter(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
    }

    private void tag(int tag, Token.Kind begin, Token.Kind end, String close) {
        tokens.add(new Token(begin, text.substring(tag, tag + 2), tag));
        position = tag + 2;
        if (position < text.length() && "-+".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
        int brackets = 0;
        while (true) {
            while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
                position++;
            }
            if (position >= text.length()) {
                throw source.error(tag, "the tag has no end \"" + close + "\"");
            }
            int modifier = "-+".indexOf(text.charAt(position)) >= 0 ? 1 : 0;
            if (brackets <= 0 && text.startsWith(close, position + modifier)) {
                tokens.add(new Token(end, close, position));
                trim = trimAfter(modifier == 1 ? text.charAt(position) : ' ', end == Token.Kind.BLOCK_END);
                position += modifier + close.length();
                return;
            }
            Token token = expressionToken();
            tokens.add(token);
            if (token.kind() == Token.Kind.OPERATOR && token.text().length() == 1) {
                brackets += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            }
        }
    }

    private Token expressionToken() {
        int start = position;
        char c = text.charAt(start);
        if (c == '"' || c == '\'') {
            return string(start, c);
        }
        if (Character.isJavaIdentifierStart(c) && c != '$') {
            skipNameCharacters();
            return new Token(Token.Kind.NAME, text.substring(start, position), start);
        }
        if (c >= '0' && c <= '9') {
            return number(start);
        }
        for (String operator : LONG_OPERATORS) {
            if (text.startsWith(operator, start)) {
                position += operator.length();
                return new Token(Token.Kind.OPERATOR, operator, start);
            }
        }
        if (OPERATORS.indexOf(c) < 0) {
            throw source.error(start, "unexpected character \"" + c + "\"");
        }
        position++;
        return new Token(Token.Kind.OPERATOR, String.valueOf(c), start);
    }

    private void skipNameCharacters() {
        while (position < text.length() && Character.isJavaIdentifierPart(text.charAt(position))
                && text.charAt(position) != '$') {
            position++;
        }
    }

    private Token number(int start) {
        skipDigits();
        Token.Kind kind = Token.Kind.INTEGER;
        if (isDigit(position + 1) && text.charAt(position) == '.') {
            kind = Token.Kind.FLOAT;
            position++;
            skipDigits();
        }
        if (position < text.length() && (text.charAt(position) | 0x20) == 'e') {
            int sign = position + 1 < text.length() && "+-".indexOf(text.charAt(position + 1)) >= 0 ? 1 : 0;
            if (isDigit(position + 1 + sign)) {
                kind = Token.Kind.FLOAT;
                position += 1 + sign;
                skipDigits();
            }
        }
        return new Token(kind, text.substring(start, position).replace("_", ""), start);
    }

    private void skipDigits() {
        while (isDigit(position) || position < text.length() && text.charAt(position) == '_') {
            position++;
        }
    }

    private boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    private Token string(int start, char quote) {
        StringBuilder value = new StringBuilder();
        for (position = start + 1; position < text.length(); position++) {
            char c = text.charAt(position);
            if (c == quote) {
                position++;
                return new Token(Token.Kind.STRING, value.toString(), start);
            }
            if (c == '\\' && position + 1 < text.length()) {
                position++;
                escape(value);
            } else {
                value.append(c);
            }
        }
        throw source.error(start, "the string has no end");
    }

    private void escape(StringBuilder value) {
        char c = text.charAt(position);
        switch (c) {
            case '\n' -> {
                // the string goes on in the next line
            }
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case '0' -> value.append('\0');
            case '\\', '\'', '"' -> value.append(c);
            case 'x' -> codePoint(value, 2);
            case 'u' -> codePoint(value, 4);
            case 'U' -> codePoint(value, 8);
            // Python keeps an escape it does not know
            default -> value.append('\\').append(c);
        }
    }

    private void codePoint(StringBuilder value, int digits) {
        int end = position + 1 + digits;
        try {
            int codePoint = Integer.parseInt(text.substring(position + 1, Math.min(end, text.length())), 16);
            boolean character = Character.isValidCodePoint(codePoint)
                    && Character.getType(codePoint) != Character.SURROGATE;
            value.appendCodePoint(character ? codePoint : 0xFFFD);
        } catch (NumberFormatException e) {
            throw source.error(position, "\\" + text.charAt(position) + " needs " + digits + " hexadecimal digits");
        }
        position = end - 1;
    }
}
