package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings logits to the host: all of a row, or only those that decide, and then the batch knows which these are.
 */
final class DeviceLogits {
    private static final int LANES = 256;
    /** Room for a row's candidates; more than {@link Batch#MOST_CANDIDATES}, as those that equal the last one come too. */
    private static final int CAPACITY = 2 * Batch.MOST_CANDIDATES;
    private static final int RANKED_WORDS = 1 + 2 * CAPACITY;
    private static final int GREEDY_WORDS = 2;

    private final DeviceScope scope;
    private final int vocabulary;
    private final DeviceMemory logits;
    private final DeviceMemory greedy;
    private final DeviceMemory ranked;
    private final MemorySegment row;
    private final MemorySegment choices;

    DeviceLogits(DeviceScope scope, int vocabulary, int maxOutputs) {
        this.scope = scope;
        this.vocabulary = vocabulary;
        logits = scope.allocate((long) maxOutputs * vocabulary * Float.BYTES);
        greedy = scope.allocate((long) maxOutputs * GREEDY_WORDS * Integer.BYTES);
        ranked = scope.allocate((long) maxOutputs * RANKED_WORDS * Integer.BYTES);
        row = scope.host().allocate(ValueLayout.JAVA_FLOAT, vocabulary);
        choices = scope.host().allocate(ValueLayout.JAVA_INT, (long) maxOutputs * RANKED_WORDS);
    }

    /** Bytes on the device for each output. */
    static long bytesOfOutput(int vocabulary) {
        return ((long) vocabulary + GREEDY_WORDS + RANKED_WORDS) * Integer.BYTES;
    }

    /** Where products put them. */
    DeviceMemory memory() {
        return logits;
    }

    /** Queues the choice of those that decide. */
    void choose(StepInputs inputs) {
        if (inputs.greedyCount() > 0) {
            scope.context().launch("argmax", new Grid(inputs.greedyCount(), 1, LANES), logits, inputs.memory(),
                    Argument.of(inputs.greedyAt()), greedy, Argument.of(vocabulary));
        }
        if (inputs.rankedCount() > 0) {
            scope.context().launch("top_k", new Grid(inputs.rankedCount(), 1, LANES), logits, inputs.memory(),
                    Argument.of(inputs.rankedAt()), ranked, Argument.of(vocabulary), Argument.of(CAPACITY));
        }
    }

    /** Waits for the step, and writes what is wanted of it. */
    void fetch(Batch batch, StepInputs inputs, float[] to) {
        fetchGreedy(batch, inputs.greedyCount(), to);
        fetchRanked(batch, inputs.rankedCount(), to);
        for (int i = 0; i < batch.outputCount(); i++) {
            if (batch.candidates[i] == 0) {
                fetchRow(i, to);
            }
        }
    }

    private void fetchGreedy(Batch batch, int count, float[] to) {
        if (count == 0) {
            return;
        }
        scope.context().download(greedy, 0, choices.asSlice(0, (long) count * GREEDY_WORDS * Integer.BYTES));
        int next = 0;
        for (int i = 0; i < batch.outputCount(); i++) {
            if (batch.candidates[i] == 1) {
                batch.chosen[i] = new int[]{put(i, next, to)};
                next += GREEDY_WORDS;
            }
        }
    }

    private void fetchRanked(Batch batch, int count, float[] to) {
        if (count == 0) {
            return;
        }
        scope.context().download(ranked, 0, choices.asSlice(0, (long) count * RANKED_WORDS * Integer.BYTES));
        int next = 0;
        for (int i = 0; i < batch.outputCount(); i++) {
            if (batch.candidates[i] > 1) {
                int found = choices.getAtIndex(ValueLayout.JAVA_INT, next);
                if (found > CAPACITY) {
                    fetchRow(i, to); // so many are equal
                } else {
                    batch.chosen[i] = new int[found];
                    for (int choice = 0; choice < found; choice++) {
                        batch.chosen[i][choice] = put(i, next + 1 + 2 * choice, to);
                    }
                }
                next += RANKED_WORDS;
            }
        }
    }

    private int put(int output, int choice, float[] to) {
        int token = choices.getAtIndex(ValueLayout.JAVA_INT, choice);
        to[output * vocabulary + token] = choices.getAtIndex(ValueLayout.JAVA_FLOAT, choice + 1);
        return token;
    }

    private void fetchRow(int output, float[] to) {
        scope.context().download(logits, (long) output * vocabulary * Float.BYTES, row);
        MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, to, output * vocabulary, vocabulary);
    }
}
