package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DesktopBrowserTest {
    @TempDir
    Path folder;

    @Test
    void everyDesktopHasItsOwnWay() {
        var display = Map.of("DISPLAY", ":0");
        assertThat(DesktopBrowser.of("Linux", display).command()).containsExactly("xdg-open");
        assertThat(DesktopBrowser.of("Linux", Map.of("WAYLAND_DISPLAY", "wayland-0")).command())
                .containsExactly("xdg-open");
        assertThat(DesktopBrowser.of("Mac OS X", Map.of()).command()).containsExactly("open");
        assertThat(DesktopBrowser.of("Windows 11", Map.of()).command()).first().isEqualTo("rundll32");
    }

    @Test
    void withoutADisplayNothingIsOpened() {
        assertThat(DesktopBrowser.of("Linux", Map.of()).open("http://127.0.0.1:8080/")).isFalse();
    }

    @Test
    void whatIsNotThereOpensNothing() {
        assertThat(new DesktopBrowser(List.of(folder.resolve("nothing").toString())).open("http://x/")).isFalse();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the browser is a shell script here")
    void theAddressIsOneArgumentHoweverItLooks() throws IOException {
        Path seen = folder.resolve("seen");
        var browser = new DesktopBrowser(List.of(program("printf '%s|' \"$@\" > " + seen).toString(), "first"));
        assertThat(browser.open("http://127.0.0.1:8080/?a=b&c;d $(e)")).isTrue();
        assertThat(seen).hasContent("first|http://127.0.0.1:8080/?a=b&c;d $(e)|");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the browser is a shell script here")
    void aFailureIsTold() throws IOException {
        assertThat(new DesktopBrowser(List.of(program("exit 3").toString())).open("http://x/")).isFalse();
    }

    private Path program(String script) throws IOException {
        Path program = folder.resolve("program");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
