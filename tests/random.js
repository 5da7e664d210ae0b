// Numbers drawn from a seed, so that a failure can be had again.

import assert from 'node:assert/strict';

/** Each test draws its numbers from here. A failure prints it; SEED=… node tests/run.js takes another. */
export const seed = Number(process.env.SEED ?? 1);
assert.ok(Number.isInteger(seed), `SEED must be a whole number, got ${process.env.SEED}`);

/** @returns {() => number} mulberry32: evenly spread over [0, 1), the same from each start */
export function generator() {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}
