package io.millrace.ingest;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a share group is told before its first member joins. What somebody has set for the group is left alone. */
final class ShareGroup {
    private static final Logger LOG = LoggerFactory.getLogger(ShareGroup.class);

    private static final Map<String, String> SETTINGS = Map.of(
            // prompts that were sent before the first worker came are not lost
            "share.auto.offset.reset", "earliest",
            // a prompt is ours from when its producer's transaction is committed
            "share.isolation.level", "read_committed",
            // the most that brokers allow: beyond it they drop the record, and nobody would write its completion
            "share.delivery.count.limit", "10");

    private final IngestOptions options;

    ShareGroup(IngestOptions options) {
        this.options = options;
    }

    /** Returns once the group has its settings, or when {@code givenUp} says that it need not. */
    void prepare(BooleanSupplier givenUp) {
        var group = new ConfigResource(ConfigResource.Type.GROUP, options.group());
        try (var admin = Admin.create(options.clientSettings())) {
            while (!givenUp.getAsBoolean() && !prepared(admin, group)) {
                LOG.info("share group {} is configured once brokers answer", options.group());
            }
        }
    }

    private boolean prepared(Admin admin, ConfigResource group) {
        try {
            Config found = admin.describeConfigs(List.of(group)).all().get().get(group);
            Collection<AlterConfigOp> missing = SETTINGS.entrySet().stream()
                    .filter(setting -> !isSetForGroup(found.get(setting.getKey())))
                    .map(setting -> new AlterConfigOp(new ConfigEntry(setting.getKey(), setting.getValue()),
                            AlterConfigOp.OpType.SET))
                    .toList();
            if (!missing.isEmpty()) {
                admin.incrementalAlterConfigs(Map.of(group, missing)).all().get();
            }
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw new KafkaException("share group " + options.group() + " cannot be configured: "
                    + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static boolean isSetForGroup(ConfigEntry entry) {
        return entry != null && entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
    }
}
