/**
 * What a snapshot says of all workers together.
 *
 * @typedef {object} Summary
 * @property {number} time in ms since 1970
 * @property {number} onTopic prompts that no worker has taken
 * @property {number} inRooms in workers' waiting rooms
 * @property {number} inQueues in engines, not yet in a batch
 * @property {number} running
 * @property {number} slots
 * @property {number} generated tokens a second
 * @property {number} read prompt tokens a second
 * @property {number|null} firstToken in ms, the median of the worker that is slowest
 * @property {number|null} firstTokenLate in ms, which 95 of 100 prompts do not exceed
 * @property {number} blocks of the KV cache that are used, as a share
 * @property {number} cached prompt tokens that came from the cache, as a share; NaN while there were none
 */

/** @returns {Summary} */
export function summarise(snapshot) {
  const {workers} = snapshot;
  const sum = value => workers.reduce((total, worker) => total + value(worker), 0);
  const most = value => workers.reduce((top, worker) => Math.max(top ?? -Infinity, value(worker) ?? -Infinity), null);
  const known = value => (value === null || value === -Infinity ? null : value);
  return {
    time: snapshot.time,
    // what is not done, without what workers have
    onTopic: Math.max(0, snapshot.lag.reduce((total, {waiting}) => total + waiting, 0) - sum(worker => worker.in_hand + worker.waiting)),
    inRooms: sum(worker => worker.waiting),
    inQueues: sum(worker => worker.queued),
    running: sum(worker => worker.running),
    slots: sum(worker => worker.slots),
    generated: sum(worker => worker.tokens_per_s),
    read: sum(worker => worker.prompt_tokens_per_s),
    firstToken: known(most(worker => worker.time_to_first_token_ms?.p50)),
    firstTokenLate: known(most(worker => worker.time_to_first_token_ms?.p95)),
    blocks: sum(worker => worker.kv_blocks.used) / Math.max(1, sum(worker => worker.kv_blocks.total)),
    cached: sum(worker => worker.cached_tokens) / sum(worker => worker.prompt_tokens),
  };
}
