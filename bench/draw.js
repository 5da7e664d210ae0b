// The numbers that all peers compute with. The i-th of a list needs its seed and i only, so that NumPy can draw them all at once.

/** @typedef {{ shape: number[], seed: number, scale: number }} Draw numbers in (−scale, scale) */

export const sizeOf = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b, 1);

/** @param {Draw} wanted @returns {Float32Array<ArrayBuffer>} mulberry32 */
export function draw({ shape, seed, scale }) {
  const numbers = new Float32Array(sizeOf(shape));
  for (let i = 0; i < numbers.length; i++) {
    const state = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    numbers[i] = scale * (((z ^ (z >>> 14)) >>> 0) / 2 ** 31 - 1);
  }
  return numbers;
}
