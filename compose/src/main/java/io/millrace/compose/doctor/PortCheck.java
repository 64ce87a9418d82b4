package io.millrace.compose.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Whether a port can be listened on; it is, for a moment. */
public final class PortCheck implements Check {
    private final String flag;
    private final String host;
    private final int port;

    /**
     * Looks at one port.
     *
     * @param flag that sets it
     * @param port 1 to 65535, or 0, which is always free
     */
    public PortCheck(String flag, String host, int port) {
        this.flag = flag;
        this.host = host;
        this.port = port;
    }

    @Override
    public List<Finding> findings() {
        String subject = "port " + port;
        if (port < 0 || port > 65_535) {
            return List.of(Finding.problem(subject, "there is no such port", "give " + flag + " 0 to 65535"));
        }
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
            return List.of(Finding.ok(subject, "free on " + host + " (" + flag + ")"));
        } catch (IOException e) {
            return List.of(taken(subject, e));
        }
    }

    private Finding taken(String subject, IOException e) {
        var owner = PortOwner.of(port);
        if (owner.filter(PortOwner::isMillrace).isPresent()) {
            return Finding.ok(subject, "Millrace listens there already: " + owner.get());
        }
        String who = owner.map(PortOwner::toString).orElse("ask 'ss -ltnp' or 'lsof -i :" + port + "' who it is");
        return Finding.problem(subject, "cannot be listened on at " + host + ": " + e.getMessage() + "; " + who,
                "end what listens there, or take another with " + flag);
    }
}
