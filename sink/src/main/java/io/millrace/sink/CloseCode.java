package io.millrace.sink;

/** Why the server closed a WebSocket (RFC 6455, section 7.4). */
final class CloseCode {
    /** The stream came to its end. */
    static final short NORMAL = 1000;
    /** The server is closing, or the client gave no sign of life. */
    static final short GOING_AWAY = 1001;
    /** The streams cannot be read. */
    static final short INTERNAL = 1011;
    /** The client reads too slowly; the reason says where to resume. */
    static final short TOO_SLOW = 4008;

    private CloseCode() {}
}
