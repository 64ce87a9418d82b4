package io.millrace.inference.chat.jinja;

import java.util.List;

/** The tokens of a template on their way through the parser. */
final class TokenStream {
    /** Far more than any template nests, far less than fills a thread's stack. */
    private static final int MAX_NESTING = 100;

    private final Source source;
    private final List<Token> tokens;
    private int position;
    private int nesting;

    TokenStream(Source source) {
        this.source = source;
        this.tokens = new Lexer(source).tokens();
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Token.Kind.END) {
            position++;
        }
        return token;
    }

    boolean isOperator(String text) {
        return peek().is(Token.Kind.OPERATOR, text);
    }

    boolean isName(String text) {
        return peek().is(Token.Kind.NAME, text);
    }

    boolean skipOperator(String text) {
        return skip(isOperator(text));
    }

    boolean skipName(String text) {
        return skip(isName(text));
    }

    private boolean skip(boolean there) {
        if (there) {
            position++;
        }
        return there;
    }

    void expectOperator(String text) {
        if (!skipOperator(text)) {
            throw expected("\"" + text + "\"");
        }
    }

    Token expect(Token.Kind kind, String what) {
        if (peek().kind() != kind) {
            throw expected(what);
        }
        return next();
    }

    String expectName() {
        return expect(Token.Kind.NAME, "a name").text();
    }

    JinjaException expected(String what) {
        return error(peek().at(), "expected " + what + ", found " + peek().describe());
    }

    JinjaException error(int at, String message) {
        return source.error(at, message);
    }

    void enter() {
        if (++nesting > MAX_NESTING) {
            throw error(peek().at(), "nested more than " + MAX_NESTING + " deep");
        }
    }

    void leave() {
        nesting--;
    }
}
