package io.millrace.compose.settings;

import java.util.regex.Pattern;

/** Keeps what must not be seen out of what is printed. */
public final class Secrets {
    private static final String MASK = "****";
    private static final Pattern SECRET_NAME = Pattern.compile("(.*[-_])?(password|secret|token|api-key)");
    /** {@code https://user:password@host}: whatever stands before the @. */
    private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

    private Secrets() {}

    /** A setting's value, or what may be shown of it. */
    public static String mask(String name, String value) {
        return SECRET_NAME.matcher(name).matches()
                ? MASK
                : USER_INFORMATION.matcher(value).replaceAll(MASK);
    }
}
