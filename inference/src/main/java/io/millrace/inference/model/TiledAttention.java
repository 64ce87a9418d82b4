package io.millrace.inference.model;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.gpu.KernelSource;
import io.millrace.inference.gpu.WeightPlanes;

/** With matrix units: keys and values are halves, and tokens are computed by {@link AttentionTiles}. */
final class TiledAttention implements DeviceAttention {
    private static final int REMEMBER_LANES = 64;
    private static final int LANES = 128;

    private final OffloadPlan plan;
    private final LlamaConfig config;
    private final DeviceScope scope;
    private final StepInputs inputs;
    private final int filledWidth;
    private final DeviceMemory query; // n x heads x filledWidth, halves
    private final DeviceMemory parts; // mostParts x FEW_ROWS x (filledWidth + 2)

    TiledAttention(OffloadPlan plan, DeviceScope scope, StepInputs inputs) {
        this.plan = plan;
        this.scope = scope;
        this.inputs = inputs;
        config = plan.config();
        filledWidth = filledWidth(config);
        query = scope.allocate(queryBytes(plan));
        parts = scope.allocate(partBytes(plan));
    }

    /** What the heads' width is filled up to. */
    private static int filledWidth(LlamaConfig config) {
        return KernelSource.HEAD_WIDTHS.stream().filter(width -> width >= config.headWidth()).findFirst()
                .orElseThrow();
    }

    static long keyBytes(OffloadPlan plan) {
        return (long) filledWidth(plan.config()) * plan.config().keyValueHeads() * Short.BYTES * plan.cacheBlocks()
                * BlockPool.BLOCK_TOKENS;
    }

    private static long queryBytes(OffloadPlan plan) {
        return (long) plan.maxTokens() * plan.config().heads() * filledWidth(plan.config()) * Short.BYTES;
    }

    private static long partBytes(OffloadPlan plan) {
        return (long) AttentionTiles.mostParts() * AttentionTiles.FEW_ROWS * (filledWidth(plan.config()) + 2)
                * Float.BYTES;
    }

    static long workBytes(OffloadPlan plan) {
        return queryBytes(plan) + partBytes(plan);
    }

    @Override
    public KeyValues keyValues() {
        return new KeyValues(cleared(), cleared());
    }

    /** What a block's positions behind the last one hold is multiplied with 0, so that it must be a number. */
    private DeviceMemory cleared() {
        DeviceMemory memory = scope.allocate(Math.max(1, keyBytes(plan)));
        scope.clear(memory);
        return memory;
    }

    @Override
    public void run(KeyValues cache, DeviceMemory queryKeyValue, DeviceMemory attended, int tokens) {
        scope.context().launch("remember_tiles_" + filledWidth,
                new Grid(config.heads() + 2 * config.keyValueHeads(), tokens, REMEMBER_LANES), queryKeyValue, query,
                cache.keys(), cache.values(), inputs.memory(), Argument.of(inputs.positionsAt()),
                Argument.of(inputs.startsAt()), Argument.of(inputs.tablesAt()), Argument.of(inputs.anglesAt()),
                Argument.of(config.heads()), Argument.of(config.keyValueHeads()), Argument.of(config.headWidth()),
                Argument.of(config.rotaryWidth() / 2), Argument.of((float) (1 / Math.sqrt(config.headWidth()))));
        AttentionTiles tiles = inputs.tiles();
        int splits = tiles.splits();
        if (tiles.fewCount() > 0) {
            attend(cache, attended, inputs.tilesAt(), tiles.fewCount(), splits, AttentionTiles.FEW_ROWS);
        }
        if (tiles.fewCount() > 0 && splits > 1) {
            combine(attended, splits);
        }
        if (tiles.manyCount() > 0) {
            attend(cache, attended, inputs.tilesAt() + AttentionTiles.WORDS * tiles.fewCount(), tiles.manyCount(), 1,
                    AttentionTiles.MANY_ROWS);
        }
    }

    private void attend(KeyValues cache, DeviceMemory attended, int tilesAt, int count, int splits, int rows) {
        AttentionTiles tiles = inputs.tiles();
        scope.context().launch("attend_tiles_" + filledWidth, new Grid(tiles.groupsOfTile(), count * splits, LANES),
                query, cache.keys(), cache.values(), attended, parts, inputs.memory(), Argument.of(tilesAt),
                Argument.of(inputs.positionsAt()), Argument.of(inputs.tablesAt()), Argument.of(config.heads()),
                Argument.of(config.keyValueHeads()), Argument.of(tiles.headsOfTile()), Argument.of(config.headWidth()),
                Argument.of(WeightPlanes.stride(config.queryWidth())), Argument.of(splits), Argument.of(rows));
    }

    private void combine(DeviceMemory attended, int splits) {
        AttentionTiles tiles = inputs.tiles();
        scope.context().launch("combine_tiles_" + filledWidth,
                new Grid(tiles.groupsOfTile() * AttentionTiles.FEW_ROWS, tiles.fewCount(), LANES), parts, attended,
                inputs.memory(), Argument.of(inputs.tilesAt()), Argument.of(config.heads()),
                Argument.of(config.keyValueHeads()), Argument.of(tiles.headsOfTile()), Argument.of(config.headWidth()),
                Argument.of(WeightPlanes.stride(config.queryWidth())), Argument.of(splits));
    }
}
