package io.millrace.compose.doctor;

import io.millrace.compose.Bytes;
import io.millrace.inference.ModelMemory;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Whether a model can be run, and whether it fits the memory. */
public final class ModelCheck implements Check {
    /**
     * How it is to run.
     *
     * @param context tokens of a sequence; 0 for what a worker takes unless told
     * @param longestDefault what 0 takes at most
     * @param sequences at a time
     */
    public record Wanted(int context, int longestDefault, int sequences, TensorType keyType, TensorType valueType) {}

    private final String name;
    private final Supplier<Gguf> file;
    private final Wanted wanted;
    private final MachineMemory machine;

    /**
     * Looks at one model.
     *
     * @param name what to call it
     * @param file opens it; it is closed here
     */
    public ModelCheck(String name, Supplier<Gguf> file, Wanted wanted, MachineMemory machine) {
        this.name = name;
        this.file = file;
        this.wanted = wanted;
        this.machine = machine;
    }

    @Override
    public List<Finding> findings() {
        try (Gguf model = file.get()) {
            ModelMemory memory = ModelMemory.of(model, wanted.keyType, wanted.valueType);
            Set<TensorType> unknown = EnumSet.noneOf(TensorType.class);
            model.tensors().stream().map(Tensor::type).forEach(unknown::add);
            unknown.removeAll(Kernels.scalar().types());
            return List.of(unknown.isEmpty()
                    ? memory(memory, context(model))
                    : Finding.problem(name, "has tensors of type " + unknown + ", which no kernel computes",
                            "take another quantisation of it"));
        } catch (GgufException e) {
            return List
                    .of(Finding.problem(name, String.valueOf(e.getMessage()), "get the file anew, or another model"));
        }
    }

    private int context(Gguf model) {
        return wanted.context > 0
                ? wanted.context
                : Math.min(model.metadata().count("llama.context_length", wanted.longestDefault),
                        wanted.longestDefault);
    }

    private Finding memory(ModelMemory memory, int context) {
        long one = memory.cacheBytes(context, 1);
        long all = memory.cacheBytes(context, wanted.sequences);
        long forCache = memory.roomForCache(machine.total());
        String found = "weights " + Bytes.readable(memory.weightBytes()) + ", keys and values "
                + Bytes.readable(all) + " for " + wanted.sequences + " times " + context + " tokens; the machine has "
                + Bytes.readable(machine.total()) + ", " + Bytes.readable(machine.available()) + " available";
        if (memory.weightBytes() > machine.total()) {
            return Finding.problem(name, found, "the weights do not fit, and would be read from disk for every token:"
                    + " take a smaller type of it, or a smaller model");
        }
        if (one > forCache) {
            String remedy = "take --ctx-size " + Math.max(2, memory.contextFor(forCache, 1)) + " at most"
                    + ofSmallerTypes();
            // unasked, a worker takes what fits
            return wanted.context > 0
                    ? Finding.problem(name, found, remedy)
                    : Finding.warn(name, found, "a worker takes a shorter context: " + remedy);
        }
        if (all > forCache) {
            return Finding.warn(name, found,
                    forCache / one + " sequences so long fit at a time, more are computed again"
                            + " and again: lower --parallel or --ctx-size" + ofSmallerTypes());
        }
        return memory.weightBytes() + all > machine.available()
                ? Finding.warn(name, found, "other programs have the memory: end some, or lower --parallel")
                : Finding.ok(name, found);
    }

    private String ofSmallerTypes() {
        return wanted.keyType == TensorType.F32
                ? ", or --cache-type-k q8_0 --cache-type-v q8_0, a quarter of f32's size"
                : "";
    }
}
