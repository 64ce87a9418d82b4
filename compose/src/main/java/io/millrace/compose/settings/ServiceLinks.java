package io.millrace.compose.settings;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Variables that Kubernetes, and Docker's old links, put into every container about services that are near: a service called {@code millrace} makes
 * {@code MILLRACE_PORT=tcp://10.0.0.1:8080}. Nobody means a setting by them.
 */
final class ServiceLinks {
    private static final Pattern NAME = Pattern.compile(
            ".*_SERVICE_HOST|.*_SERVICE_PORT(_[A-Z0-9_]+)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://\\S*");

    private ServiceLinks() {}

    /** The environment without them. */
    static Map<String, String> remove(Map<String, String> environment) {
        var rest = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            boolean link = NAME.matcher(name).matches() || name.endsWith("_PORT") && ADDRESS.matcher(value).matches();
            if (!link) {
                rest.put(name, value);
            }
        });
        return rest;
    }
}
