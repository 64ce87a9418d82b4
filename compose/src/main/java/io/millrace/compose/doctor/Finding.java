package io.millrace.compose.doctor;

/**
 * What a check found.
 *
 * @param subject what was looked at
 * @param level how bad it is
 * @param found what there is
 * @param remedy what to do; empty if there is nothing to do
 */
public record Finding(String subject, Level level, String found, String remedy) {
    /** How bad something is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** It works, but not as well as it could. */
        WARN,
        /** Something will not work. */
        PROBLEM
    }

    static Finding ok(String subject, String found) {
        return new Finding(subject, Level.OK, found, "");
    }

    static Finding warn(String subject, String found, String remedy) {
        return new Finding(subject, Level.WARN, found, remedy);
    }

    static Finding problem(String subject, String found, String remedy) {
        return new Finding(subject, Level.PROBLEM, found, remedy);
    }
}
