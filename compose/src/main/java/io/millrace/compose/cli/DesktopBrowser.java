package io.millrace.compose.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The browser of the desktop that this program runs on. No shell stands between.
 *
 * @param command what opens an address, which is its last argument; empty if there is no desktop
 */
record DesktopBrowser(List<String> command) {
    private static final int PATIENCE_SECONDS = 5;

    DesktopBrowser {
        command = List.copyOf(command);
    }

    /** Of the desktop that these describe. */
    static DesktopBrowser of(String operatingSystem, Map<String, String> environment) {
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        if (system.contains("windows")) {
            return new DesktopBrowser(List.of("rundll32", "url.dll,FileProtocolHandler"));
        }
        if (system.contains("mac")) {
            return new DesktopBrowser(List.of("open"));
        }
        // without a display, it would open a browser for terminals in this one
        boolean hasDisplay = environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
        return new DesktopBrowser(hasDisplay ? List.of("xdg-open") : List.of());
    }

    /** Opens an address; blocks for seconds at most. Returns whether that seems to have worked. */
    boolean open(String url) {
        if (command.isEmpty()) {
            return false;
        }
        var whole = new ArrayList<>(command);
        whole.add(url);
        try {
            Process opening = new ProcessBuilder(whole).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            // some end with the browser that they start
            return !opening.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || opening.exitValue() == 0;
        } catch (IOException e) {
            // there is no such program here
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
