package io.millrace.compose.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who listens on a port of this machine, as far as Linux tells its users of their own processes.
 *
 * @param pid its id
 * @param command as it was started
 */
record PortOwner(long pid, String command) {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final int SHOWN_CHARACTERS = 120;

    /** Empty if nobody does, or it cannot be seen. */
    static Optional<PortOwner> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            addSockets(PROCESSES.resolve("net").resolve(table), port, sockets);
        }
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        return ProcessHandle.allProcesses().filter(process -> hasOne(process.pid(), sockets)).findFirst()
                .map(process -> new PortOwner(process.pid(), command(process)));
    }

    boolean isMillrace() {
        return command.contains("millrace.jar");
    }

    /** The columns are those of proc_pid_net(5): number, local address, remote address, state, ..., and the tenth is the socket's inode. */
    private static void addSockets(Path table, int port, Set<String> sockets) {
        String local = String.format(Locale.ROOT, ":%04X", port);
        try (var lines = Files.lines(table)) {
            lines.map(line -> line.strip().split("\\s+")).filter(columns -> columns.length > 9
                    && columns[1].endsWith(local) && columns[3].equals(LISTENING))
                    .forEach(columns -> sockets.add("socket:[" + columns[9] + "]"));
        } catch (IOException | UncheckedIOException e) {
            // another system, or one that does not tell: the port stays without an owner
            return;
        }
    }

    private static boolean hasOne(long pid, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(PROCESSES.resolve(pid + "/fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file) && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // someone else's, or ended meanwhile
            return false;
        }
        return false;
    }

    private static String command(ProcessHandle process) {
        try {
            return Files.readString(PROCESSES.resolve(process.pid() + "/cmdline")).replace('\0', ' ').strip();
        } catch (IOException e) {
            return process.info().command().orElse("?");
        }
    }

    @Override
    public String toString() {
        String shown = command.length() <= SHOWN_CHARACTERS
                ? command
                : command.substring(0, SHOWN_CHARACTERS / 2) + " ... "
                        + command.substring(command.length() - SHOWN_CHARACTERS / 2);
        return "process " + pid + ", " + shown;
    }
}
