package io.millrace.compose.cli;

import io.millrace.inference.Speculation;

/** How tokens are guessed ahead, and the draft model to be closed, if there is one. */
record OpenSpeculation(Speculation speculation) implements AutoCloseable {
    @Override
    public void close() {
        if (speculation instanceof Speculation.DraftModel draft) {
            draft.model().close();
        }
    }
}
