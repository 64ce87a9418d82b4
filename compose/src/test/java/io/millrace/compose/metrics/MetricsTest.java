package io.millrace.compose.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.EngineOptions;
import io.millrace.inference.EngineStatistics;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.PromptObserver;
import io.millrace.schemas.FinishReason;
import io.millrace.sink.http.Workers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void promptsAreCountedByOutcomeAndTheirTimesTaken() {
        PromptObserver observer = metrics.prompts("tiny");
        long now = System.currentTimeMillis();
        observer.admitted("a", now - 2_000);
        observer.started("a", 7, 0);
        observer.token("a");
        observer.token("a");
        observer.ended("a", now, FinishReason.STOP);
        observer.ended("never-began", now, FinishReason.ERROR);
        assertThat(metrics.scrape()).contains("millrace_prompts_total{model=\"tiny\",outcome=\"stop\"} 1.0",
                "millrace_prompts_total{model=\"tiny\",outcome=\"error\"} 1.0",
                "millrace_prompts_total{model=\"tiny\",outcome=\"cancelled\"} 0.0",
                "millrace_generated_tokens_total{model=\"tiny\"} 2.0",
                "millrace_queue_time_seconds_bucket{model=\"tiny\",le=\"1.0\"} 0",
                "millrace_queue_time_seconds_bucket{model=\"tiny\",le=\"5.0\"} 1",
                "gen_ai_server_time_to_first_token_seconds_count{model=\"tiny\"} 1",
                "gen_ai_server_time_per_output_token_seconds_count{model=\"tiny\"} 1");
    }

    @Test
    void anEngineTellsWhatItHasAndHasDone() {
        try (LanguageModel demo = LanguageModel.demo()) {
            metrics.engine(() -> new EngineStatistics(1, 2, 3, 4, 5, 6, 70, 8, 9, 10, 11, 12),
                    EngineOptions.defaults(demo), () -> 13);
            assertThat(metrics.scrape()).contains("millrace_sequences_queued 1.0", "millrace_sequences_running 2.0",
                    "millrace_kv_blocks_used 3.0", "millrace_kv_blocks_idle 4.0", "millrace_kv_cache_bytes 5.0",
                    "millrace_steps_total 6.0", "millrace_prompt_tokens_total 70.0",
                    "millrace_cached_tokens_total 8.0", "millrace_preemptions_total 9.0",
                    "millrace_kv_evictions_total 10.0", "millrace_drafted_tokens_total 11.0",
                    "millrace_accepted_tokens_total 12.0", "millrace_prompts_waiting 13.0",
                    "millrace_batch_slots 16.0");
        }
    }

    @Test
    void theLagOfEachPartitionIsThatOfTheMoment() {
        var lag = new AtomicReference<>(Map.of(0, 5L));
        metrics.gateway(new Workers() {
            @Override
            public List<String> models() {
                return List.of("tiny");
            }

            @Override
            public Map<Integer, Long> lagByPartition() {
                return lag.get();
            }
        });
        assertThat(metrics.scrape()).contains("millrace_models 1.0", "millrace_lag_prompts{partition=\"0\"} 5.0");
        lag.set(Map.of(0, 2L, 1, 3L));
        assertThat(metrics.scrape()).contains("millrace_lag_prompts{partition=\"0\"} 2.0",
                "millrace_lag_prompts{partition=\"1\"} 3.0")
                .doesNotContainPattern("millrace_lag_prompts\\{.*} 5\\.0");
    }
}
