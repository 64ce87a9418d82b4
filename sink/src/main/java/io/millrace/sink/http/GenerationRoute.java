package io.millrace.sink.http;

import io.millrace.schemas.GenerationCall;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import reactor.core.scheduler.Scheduler;

/** Answers requests to generate, of one kind. */
final class GenerationRoute {
    private static final String TRACE_PARENT = "millrace.traceparent";

    private final Generations generations;
    private final Quotas quotas;
    private final Idempotency idempotency;
    private final RequestKind kind;
    private final long heartbeatMillis;
    private final RequestTraces traces;

    GenerationRoute(Generations generations, Quotas quotas, Idempotency idempotency, RequestKind kind,
            long heartbeatMillis, RequestTraces traces) {
        this.generations = generations;
        this.quotas = quotas;
        this.idempotency = idempotency;
        this.kind = kind;
        this.heartbeatMillis = heartbeatMillis;
        this.traces = traces;
    }

    void answer(RoutingContext context) {
        RequestTraces.Trace trace = traces.begin(context.normalizedPath(), context.request().getHeader(
                PromptHeaders.TRACE_PARENT));
        context.addEndHandler(_ -> trace.ended(context.response().getStatusCode()));
        context.put(TRACE_PARENT, trace.parent());
        Caller caller = Callers.of(context);
        caller.require(Scope.GENERATE);
        byte[] body = RequestBody.of(context);
        try {
            RequestKind.Request request = kind.read().apply(body);
            IdempotencyKey key = IdempotencyKey.of(context);
            String id = caller.idPrefix() + kind.idPrefix()
                    + (key == null ? UUID.randomUUID() : key.name(kind.idPrefix()));
            if (key == null) {
                send(context, caller, request, id);
            } else {
                sendOnce(context, caller, request, id, IdempotencyKey.hash(body));
            }
        } catch (InvalidPromptException e) {
            throw new ApiException(ApiError.of(e));
        }
    }

    private void send(RoutingContext context, Caller caller, RequestKind.Request request, String id) {
        List<Prompt> prompts = request.call().named(id);
        Quotas.Permit permit = quotas.take(caller, prompts);
        Exchange exchange = exchange(context, request, id, prompts, false);
        exchange.answering(false, permit::close).begin(_ -> {});
    }

    /** A client that gives its request a name may come back for the answer, so that its leaving cancels nothing. */
    private void sendOnce(RoutingContext context, Caller caller, RequestKind.Request request, String id,
            String bodyHash) {
        List<Prompt> prompts = request.call().named(id);
        String first = prompts.getFirst().id();
        Exchange exchange = exchange(context, request, id, prompts, prompts.size() == 1);
        idempotency.isRepeated(first, bodyHash, IdempotencyKey.isFirstAttempt(context))
                .whenComplete((isRepeated, failure) -> exchange.eventLoop()
                        .schedule(() -> {
                            if (failure != null) {
                                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                                context.fail(cause);
                            } else if (isRepeated) {
                                idempotency.sent(first, null);
                                exchange.answering(true, () -> {}).join();
                            } else {
                                beginOnce(context, caller, prompts, exchange);
                            }
                        }));
    }

    private void beginOnce(RoutingContext context, Caller caller, List<Prompt> prompts, Exchange exchange) {
        String first = prompts.getFirst().id();
        try {
            Quotas.Permit permit = quotas.take(caller, prompts);
            exchange.answering(true, permit::close).begin(sent -> idempotency.sent(first, sent));
        } catch (RuntimeException e) {
            idempotency.sent(first, e);
            context.fail(e);
        }
    }

    private Exchange exchange(RoutingContext context, RequestKind.Request request, String id, List<Prompt> prompts,
            boolean isResumable) {
        GenerationCall call = request.call();
        String model = call.prompts().getFirst().model();
        var head = new AnswerHead(id, Instant.now().getEpochSecond(), model == null ? "" : model, call.includeUsage());
        AnswerSink sink = call.stream() && request.format() instanceof StreamFormat streamed
                ? new StreamedAnswer(context, streamed, head, prompts.size(), isResumable, heartbeatMillis)
                : new WholeAnswer(context, request.format(), head, prompts.size());
        return new Exchange(context, generations, EventLoop.of(context.vertx()), prompts, sink,
                context.get(TRACE_PARENT));
    }

    /** One request and where its answer goes. */
    private record Exchange(RoutingContext context, Generations generations, Scheduler eventLoop,
            List<Prompt> prompts, AnswerSink sink, String traceParent) {
        Answering answering(boolean isRepeatable, Runnable whenOver) {
            var answering = new Answering(generations, eventLoop, prompts, sink, traceParent, isRepeatable, whenOver);
            context.response().drainHandler(_ -> answering.resume());
            context.response().closeHandler(_ -> {
                sink.gone();
                answering.gone();
            });
            return answering;
        }
    }
}
