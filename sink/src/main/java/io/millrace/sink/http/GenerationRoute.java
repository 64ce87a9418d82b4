package io.millrace.sink.http;

import io.millrace.schemas.GenerationCall;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import reactor.core.scheduler.Schedulers;

/** Answers requests to generate. */
final class GenerationRoute {
    private final Generations generations;
    private final Function<byte[], GenerationCall> read;
    private final AnswerFormat format;
    private final long heartbeatMillis;

    /**
     * A route for one kind of requests.
     *
     * @param read understands a request's body
     */
    GenerationRoute(Generations generations, Function<byte[], GenerationCall> read, AnswerFormat format,
            long heartbeatMillis) {
        this.generations = generations;
        this.read = read;
        this.format = format;
        this.heartbeatMillis = heartbeatMillis;
    }

    void answer(RoutingContext context) {
        try {
            answer(context, read.apply(context.body().buffer() == null
                    ? new byte[0]
                    : context.body().buffer().getBytes()));
        } catch (InvalidPromptException e) {
            Reply.error(context, ApiError.of(e));
        }
    }

    private void answer(RoutingContext context, GenerationCall call) {
        String id = format.idPrefix() + UUID.randomUUID();
        List<Prompt> prompts = call.named(id);
        String model = call.prompts().getFirst().model();
        var head = new AnswerHead(id, Instant.now().getEpochSecond(), model == null ? "" : model, call.includeUsage());
        if (call.stream()) {
            var sink = new StreamedAnswer(context, format, head, heartbeatMillis);
            begin(context, prompts, sink, sink::stop);
        } else {
            begin(context, prompts, new WholeAnswer(context, format, head, prompts.size()), () -> {});
        }
    }

    private void begin(RoutingContext context, List<Prompt> prompts, AnswerSink sink, Runnable whenGone) {
        var eventLoop = context.vertx().getOrCreateContext();
        var answering = new Answering(generations, Schedulers.fromExecutor(task -> eventLoop.runOnContext(_ -> task
                .run())), prompts, sink);
        context.response().drainHandler(_ -> answering.resume());
        context.response().closeHandler(_ -> {
            whenGone.run();
            answering.abandon();
        });
        answering.begin();
    }
}
