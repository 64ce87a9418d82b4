package io.millrace.compose.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A variable that stands for no flag: something reads it before there are flags, or beside them. */
public enum OtherVariable {
    JAVA_HOME("The JDK that the launcher uses, if not one that it finds."),
    JAVA_OPTS("More flags for the JVM, such as `-Xmx4g`."),
    VERSION("The image that `compose/docker-compose.yml` runs; the program itself does not look at it.");

    private final String description;

    OtherVariable(String description) {
        this.description = description;
    }

    /** In Markdown. */
    public String description() {
        return description;
    }

    /** Its whole name. */
    public String variable() {
        return KnownSettings.VARIABLE_PREFIX + name();
    }

    /** As a setting would be called. */
    String settingName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<OtherVariable> all() {
        return List.of(values());
    }

    static boolean isKnown(String variable) {
        return Arrays.stream(values()).anyMatch(other -> other.variable().equals(variable));
    }
}
