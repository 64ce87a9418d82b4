package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.gpu.WeightPlanes;

/** Without matrix units: a group for each query head and token. */
record PlainAttention(OffloadPlan plan, DeviceScope scope, StepInputs inputs) implements DeviceAttention {
    private static final int LANES = 64;

    static long keyBytes(OffloadPlan plan) {
        return plan.cacheType().bytes(plan.config().keyValueWidth()) * plan.cacheBlocks() * BlockPool.BLOCK_TOKENS;
    }

    @Override
    public KeyValues keyValues() {
        return new KeyValues(scope.allocate(Math.max(1, keyBytes(plan))), scope.allocate(Math.max(1, keyBytes(plan))));
    }

    @Override
    public void run(KeyValues cache, DeviceMemory queryKeyValue, DeviceMemory attended, int tokens) {
        LlamaConfig config = plan.config();
        scope.context().launch("remember_" + plan.cacheType(),
                new Grid(config.heads() + 2 * config.keyValueHeads(), tokens, LANES), queryKeyValue, cache.keys(),
                cache.values(), inputs.memory(), Argument.of(inputs.positionsAt()), Argument.of(inputs.startsAt()),
                Argument.of(inputs.tablesAt()), Argument.of(inputs.anglesAt()), Argument.of(config.heads()),
                Argument.of(config.keyValueHeads()), Argument.of(config.headWidth()),
                Argument.of(config.rotaryWidth() / 2));
        scope.context().launch("attend_" + plan.cacheType(), new Grid(config.heads(), tokens, LANES), queryKeyValue,
                cache.keys(), cache.values(), attended, inputs.memory(), Argument.of(inputs.positionsAt()),
                Argument.of(inputs.startsAt()), Argument.of(inputs.tablesAt()), Argument.of(config.heads()),
                Argument.of(config.keyValueHeads()), Argument.of(config.headWidth()),
                Argument.of(WeightPlanes.stride(config.queryWidth())),
                Argument.of((float) (1 / Math.sqrt(config.headWidth()))));
    }
}
