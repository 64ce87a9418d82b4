package io.millrace.inference.model;

import io.millrace.inference.gpu.DeviceMemory;

/** Rotation, the cache and attention on a device. */
sealed interface DeviceAttention permits PlainAttention, TiledAttention {
    /** A layer's keys and values, for all positions of the cache. */
    record KeyValues(DeviceMemory keys, DeviceMemory values) {}

    /** Takes memory for a layer. */
    KeyValues keyValues();

    /**
     * Queues a layer's.
     *
     * @param queryKeyValue of each token all three, one behind the other
     * @param attended gets what becomes of them, in rows of {@link io.millrace.inference.gpu.WeightPlanes#stride}
     */
    void run(KeyValues cache, DeviceMemory queryKeyValue, DeviceMemory attended, int tokens);

    static DeviceAttention of(OffloadPlan plan, DeviceScope scope, StepInputs inputs) {
        return plan.device().hasMatrixUnits()
                ? new TiledAttention(plan, scope, inputs)
                : new PlainAttention(plan, scope, inputs);
    }

    /** Bytes that a layer takes, of keys alone. */
    static long keyBytes(OffloadPlan plan) {
        return plan.device().hasMatrixUnits() ? TiledAttention.keyBytes(plan) : PlainAttention.keyBytes(plan);
    }

    /** Bytes that it takes beside that. */
    static long workBytes(OffloadPlan plan) {
        return plan.device().hasMatrixUnits() ? TiledAttention.workBytes(plan) : 0;
    }
}
