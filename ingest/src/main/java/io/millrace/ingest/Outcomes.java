package io.millrace.ingest;

import io.millrace.schemas.Completion;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;

/**
 * How prompts end: the stream's last event is published, then the completion waits for its transaction. Safe for any thread
 * that may block.
 */
final class Outcomes {
    /** The first worker to run a prompt. */
    static final int ATTEMPT = 1;

    private final ResultWriter writer;
    private final CommitLoop commits;
    private final Topics topics;
    private final String model;

    Outcomes(ResultWriter writer, CommitLoop commits, Topics topics, String model) {
        this.writer = writer;
        this.commits = commits;
        this.topics = topics;
        this.model = model;
    }

    /** The generation ended as it should, or was cancelled. */
    void completed(ReceivedPrompt received, Prompt prompt, Transcript transcript) {
        FinishReason reason = transcript.finishReason();
        writer.publish(new TokenEvent.Completed(prompt.id(), ATTEMPT, transcript.tokens(), reason, transcript.usage(),
                transcript.timings()));
        commits.add(new FinishedPrompt(received, new Completion(prompt.id(),
                ATTEMPT, model, transcript.text(), reason, null, transcript.usage(), transcript.timings(), prompt
                        .metadata()),
                null));
    }

    /** A good prompt that could not be computed, or not to its end. */
    void failed(ReceivedPrompt received, Prompt prompt, Transcript transcript, ErrorDetail error) {
        end(received, prompt.id(), prompt, transcript, error, false);
    }

    /**
     * A prompt that nobody can compute as it is: it also becomes a dead letter.
     *
     * @param prompt null if the record could not even be read
     */
    void refused(ReceivedPrompt received, String id, Prompt prompt, ErrorDetail error) {
        end(received, id, prompt, new Transcript(), error, true);
    }

    private void end(ReceivedPrompt received, String id, Prompt prompt, Transcript transcript, ErrorDetail error,
            boolean deadLetter) {
        writer.publish(new TokenEvent.Failed(id, ATTEMPT, error));
        var completion = new Completion(id, ATTEMPT, model, transcript.text(), FinishReason.ERROR, error,
                transcript.usage(), transcript.timings(), prompt == null ? null : prompt.metadata());
        commits.add(new FinishedPrompt(received, completion,
                deadLetter ? received.deadLetter(topics.deadLetters(), error) : null));
    }
}
