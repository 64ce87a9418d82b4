package io.millrace.ingest;

import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.Completion;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Result;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;

/**
 * How prompts end: the stream's last event is published, then the completion waits for its transaction. Safe for any thread
 * that may block.
 */
final class Outcomes {
    private final ResultWriter writer;
    private final CommitLoop commits;
    private final Topics topics;
    private final String model;
    private final PromptObserver observer;

    Outcomes(ResultWriter writer, CommitLoop commits, Topics topics, String model, PromptObserver observer) {
        this.writer = writer;
        this.commits = commits;
        this.topics = topics;
        this.model = model;
        this.observer = observer;
    }

    /** The generation ended as it should, or was cancelled. */
    void completed(ReceivedPrompt received, Prompt prompt, Transcript transcript) {
        AnswerDelta delta = transcript.lastDelta();
        var end = new TokenEvent.Completed(prompt.id(), transcript.attempt(), transcript.tokens(),
                transcript.finishReason(), transcript.usage(), transcript.timings(), delta, transcript.result());
        writer.publish(end, received.ownId());
        ended(received, prompt, transcript, end);
    }

    /** A good prompt that could not be computed, or not to its end. */
    void failed(ReceivedPrompt received, Prompt prompt, Transcript transcript, ErrorDetail error) {
        fail(received, prompt.id(), prompt, transcript, error, false);
    }

    /** A prompt that nobody can compute as it is: it also becomes a dead letter. */
    void refused(ReceivedPrompt received, Prompt prompt, Transcript transcript, ErrorDetail error) {
        fail(received, prompt.id(), prompt, transcript, error, true);
    }

    /**
     * One that never began.
     *
     * @param prompt null if the record could not even be read
     */
    void refused(ReceivedPrompt received, String id, Prompt prompt, ErrorDetail error) {
        fail(received, id, prompt, new Transcript(), error, true);
    }

    /** The stream has ended, perhaps by an earlier worker that died before the completion was committed. */
    void ended(ReceivedPrompt received, Prompt prompt, Transcript transcript, TokenEvent end) {
        switch (end) {
            case TokenEvent.Completed completed -> {
                transcript.ended(completed);
                boolean isText = completed.result() instanceof Result.Text;
                String text = completed.result() instanceof Result.Text(String made) ? made : transcript.text();
                commit(new FinishedPrompt(received, new Completion(prompt.id(), completed.attempt(), model, text,
                        transcript.message(), isText ? null : completed.result(), completed.finishReason(), null,
                        completed.usage(),
                        completed.timings(), prompt.metadata()), null));
            }
            case TokenEvent.Failed failed -> commit(received, prompt.id(), prompt, transcript, failed.error(),
                    failed.error().code().equals(ErrorCode.GAVE_UP.text()));
            case TokenEvent.Started _,TokenEvent.Token _ -> throw new IllegalArgumentException(
                    "the stream of " + prompt.id() + " goes on");
        }
    }

    private void fail(ReceivedPrompt received, String id, Prompt prompt, Transcript transcript, ErrorDetail error,
            boolean deadLetter) {
        writer.publish(new TokenEvent.Failed(id, transcript.attempt(), error), received.ownId());
        commit(received, id, prompt, transcript, error, deadLetter);
    }

    private void commit(ReceivedPrompt received, String id, Prompt prompt, Transcript transcript, ErrorDetail error,
            boolean deadLetter) {
        var completion = new Completion(id, transcript.attempt(), model, transcript.text(), FinishReason.ERROR, error,
                transcript.usage(), transcript.timings(), prompt == null ? null : prompt.metadata());
        commit(new FinishedPrompt(received, completion,
                deadLetter ? received.deadLetter(topics.deadLetters(), error) : null));
    }

    private void commit(FinishedPrompt finished) {
        observer.ended(finished.completion().id(), finished.received().record().timestamp(),
                finished.completion().finishReason());
        commits.add(finished);
    }
}
