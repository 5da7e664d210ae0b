// Runs one kernel in every build on its share of all float32 numbers, and finds the worst results.

import { parentPort, workerData } from 'node:worker_threads';

import { exportsOf, ulp, variants } from './harness.js';
import { sigmoid } from './naive.js';

/**
 * What one build made of the numbers. `error`: the largest distance from the exact result in ulp; `at`: where. `wrong`: results
 * that are wrong whatever the distance, NaN for a number, a number for NaN, or outside of the function's range. `differ`: results
 * that have other bits than simd's.
 * @typedef {{ error: number, at: number, wrong: number, differ: number }} Findings
 */

/** What the kernels approximate, in float64. */
const functions = { sigmoid_forward: sigmoid, exp_forward: Math.exp };
/** Numbers that a kernel gets at once. */
const CHUNK = 2 ** 16;
/** All float32 numbers lie below: it stands for infinity, and for results that are too large. */
const END = 2 ** 128;

/** One build, with room for a chunk in its memory. */
function buildOf(variant, name) {
  const { memory, __heap_base: heapBase, [name]: kernel } = exportsOf(variant);
  memory.grow((8 * CHUNK) / 65536);
  const x = Math.ceil(heapBase.value / 4) * 4;
  const y = x + 4 * CHUNK;
  return {
    x: new Float32Array(memory.buffer, x, CHUNK),
    y: new Float32Array(memory.buffer, y, CHUNK),
    bits: new Uint32Array(memory.buffer, y, CHUNK),
    run: () => kernel(y, x, CHUNK),
    found: { error: 0, at: 0, wrong: 0, differ: 0 },
  };
}

/** Adds what a chunk shows. `bits` are those of simd's results. */
function look({ x, y, bits: own, found }, exact, unit, largest, bits) {
  let { error, at, wrong, differ } = found;
  for (let i = 0; i < CHUNK; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) {
      if (Number.isNaN(x[i]) !== Number.isNaN(y[i])) wrong++;
      continue;
    }
    if (y[i] < 0 || y[i] > largest) wrong++;
    if (own[i] !== bits[i]) differ++;
    const distance = Math.abs(Math.min(y[i], END) - exact[i]);
    if (distance > error * unit[i]) {
      error = distance / unit[i];
      at = x[i];
    }
  }
  Object.assign(found, { error, at, wrong, differ });
}

/**
 * @param {keyof typeof functions} name
 * @param {number} first the chunk to begin with
 * @param {number} step from one to the next
 */
function examine(name, first, step) {
  const f = functions[name];
  const builds = variants.map((variant) => buildOf(variant, name));
  const simd = builds[variants.indexOf('simd')];
  const x = new Float32Array(CHUNK);
  const bits = new Uint32Array(x.buffer);
  const [exact, unit] = [new Float64Array(CHUNK), new Float64Array(CHUNK)];
  for (let chunk = first; chunk < 2 ** 32 / CHUNK; chunk += step) {
    for (let i = 0; i < CHUNK; i++) {
      bits[i] = chunk * CHUNK + i;
      exact[i] = Math.min(f(x[i]), END);
      unit[i] = ulp(exact[i]);
    }
    for (const build of builds) {
      new Uint32Array(build.x.buffer, build.x.byteOffset, CHUNK).set(bits); // a float's set could change the bits of a NaN
      build.run();
    }
    for (const build of builds) look(build, exact, unit, f(Infinity), simd.bits);
  }
  return builds.map(({ found }) => found);
}

parentPort?.postMessage(examine(workerData.name, workerData.first, workerData.step));
