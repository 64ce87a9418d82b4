package io.millrace.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How many prompts wait, or are not known to be done: from where a group stands to the topic's end. Blocks while it asks.
 *
 * @param topic of prompts
 */
record PromptLag(Admin admin, String topic) {
    /** Of the groups, that which is nearest to the end: the others are those nobody works in. */
    Map<Integer, Long> measure(Collection<String> consumerGroups, Collection<String> shareGroups)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> beginnings = offsets(OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(OffsetSpec.latest());
        var ofGroups = new ArrayList<Map<Integer, Long>>();
        for (String group : consumerGroups) {
            ofGroups.add(ofConsumerGroup(group, beginnings, ends));
        }
        for (String group : shareGroups) {
            ofGroups.add(ofShareGroup(group, beginnings, ends));
        }
        return ofGroups.stream().min(Comparator.comparingLong(PromptLag::sum)).orElse(Map.of());
    }

    private static long sum(Map<Integer, Long> lag) {
        return lag.values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<Integer, Long> ofConsumerGroup(String group, Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = WorkerGroup.described(admin
                .listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(ends
                        .keySet())))
                .partitionsToOffsetAndMetadata(group)).findFirst().orElse(Map.of());
        return ends.entrySet().stream().collect(Collectors.toMap(end -> end.getKey().partition(), end -> {
            OffsetAndMetadata at = committed.get(end.getKey());
            return end.getValue() - Math.max(beginnings.get(end.getKey()), at == null ? 0 : at.offset());
        }));
    }

    private Map<Integer, Long> ofShareGroup(String group, Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        var known = WorkerGroup.described(admin
                .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(ends.keySet())))
                .partitionsToOffsetInfo(group)).findFirst().orElse(Map.of());
        return ends.entrySet().stream().collect(Collectors.toMap(end -> end.getKey().partition(), end -> {
            var at = known.get(end.getKey());
            long all = end.getValue() - beginnings.get(end.getKey());
            return at == null ? all : at.lag().orElse(end.getValue() - at.startOffset());
        }));
    }

    private Map<TopicPartition, Long> offsets(OffsetSpec spec) throws ExecutionException, InterruptedException {
        var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()
                .stream().map(partition -> new TopicPartition(topic, partition.partition()))
                .collect(Collectors.toMap(partition -> partition, _ -> spec));
        return admin.listOffsets(partitions).all().get().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    }
}
