// What the machine can do at most: multiplications and additions on registers alone, in the two forms that WebAssembly has.

/** Independent sums: enough to hide the latency, few enough for the 16 registers, two of which hold the factors. */
const SUMS = 12;
const UNROLLED = 4;
const ITERATIONS = 10_000;

/** Of one run: a multiplication and an addition in each of four lanes. */
export const flop = 2 * 4 * SUMS * UNROLLED * ITERATIONS;

const [A, B] = [SUMS + 1, SUMS + 2]; // locals; local 0 counts the iterations
const get = (/** @type {number} */ local) => [0x20, local];
const set = (/** @type {number} */ local) => [0x21, local];
const mul = [0xfd, 0xe6, 0x01];
const add = [0xfd, 0xe4, 0x01];
const madd = [0xfd, 0x85, 0x02];

/** One step of a sum. Unfused it is sum · a + b, since a · b + sum would be multiplied once, outside the loop. */
const steps = {
  simd: (/** @type {number} */ sum) => [...get(sum), ...get(A), ...mul, ...get(B), ...add, ...set(sum)],
  relaxed: (/** @type {number} */ sum) => [...get(A), ...get(B), ...get(sum), ...madd, ...set(sum)],
};

const splat = (/** @type {number} */ value) => [0x43, ...new Uint8Array(new Float32Array([value]).buffer), 0xfd, 0x13];
const section = (/** @type {number} */ id, /** @type {number[]} */ bytes) => [id, ...leb(bytes.length), ...bytes];
/** @param {number} n @returns {number[]} */
const leb = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);

/** A module that exports `f`: (iterations) → the sum of the sums. @param {'simd' | 'relaxed'} variant */
function moduleOf(variant) {
  const sums = Array.from({ length: SUMS }, (_, i) => i + 1);
  const loop = Array.from({ length: UNROLLED }, () => sums.flatMap(steps[variant])).flat();
  const body = [
    ...[1, SUMS + 2, 0x7b], // locals of v128
    ...[...splat(0.5), ...set(A), ...splat(0.25), ...set(B)],
    ...[0x03, 0x40, ...loop, ...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // loop … until --iterations is 0
    ...[...get(1), ...sums.slice(1).flatMap((sum) => [...get(sum), ...add]), 0xfd, 0x1f, 0, 0x0b], // so that no sum is idle work
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

export async function start(/** @type {'simd' | 'relaxed'} */ variant) {
  const { instance } = await WebAssembly.instantiate(moduleOf(variant));
  const run = () => /** @type {(iterations: number) => number} */ (instance.exports.f)(ITERATIONS);
  const make = () => ({ run, result: () => ({}) });
  return { tasks: { affineForward: make, affineSigmoidForward: make, affineBackward: make } };
}
