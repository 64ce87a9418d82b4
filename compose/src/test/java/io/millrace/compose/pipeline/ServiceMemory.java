package io.millrace.compose.pipeline;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The memory of another JVM. */
public final class ServiceMemory implements AutoCloseable {
    /**
     * Bytes in use.
     *
     * @param heap after a collection
     * @param direct of direct buffers
     */
    public record Use(long heap, long direct) {}

    private final JMXConnector connector;
    private final MemoryMXBean memory;
    private final BufferPoolMXBean direct;

    private ServiceMemory(JMXConnector connector) throws IOException {
        this.connector = connector;
        MBeanServerConnection server = connector.getMBeanServerConnection();
        memory = ManagementFactory.newPlatformMXBeanProxy(server, ManagementFactory.MEMORY_MXBEAN_NAME,
                MemoryMXBean.class);
        direct = ManagementFactory.newPlatformMXBeanProxy(server, "java.nio:type=BufferPool,name=direct",
                BufferPoolMXBean.class);
    }

    @SuppressWarnings("BanJNDI") // the address is of a process of our own
    public static ServiceMemory of(long pid) throws IOException, AttachNotSupportedException {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
        try {
            return new ServiceMemory(
                    JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
        } finally {
            machine.detach();
        }
    }

    public Use use() {
        memory.gc();
        return new Use(memory.getHeapMemoryUsage().getUsed(), direct.getMemoryUsed());
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
