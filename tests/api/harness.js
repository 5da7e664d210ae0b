// What the tests of the API share: a runtime for each variant, numbers from a seed, comparisons that say what differs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadSync } from 'layerlens';

import { seed } from '../random.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('layerlens').Variant} Variant */

export const bytesOf = (variant) => readFileSync(new URL(`../../dist/wasm/${variant}.wasm`, import.meta.url));

/** @type {Variant[]} */
export const variants = ['scalar', 'simd', 'relaxed'];

/** A runtime of this variant; the scalar one isn't embedded. */
export const start = (variant) => loadSync(variant === 'scalar' ? { variant, module: bytesOf(variant) } : { variant });

/**
 * A test of each variant, with a runtime of its own.
 * @param {string} name
 * @param {(ll: Runtime, variant: Variant) => void | Promise<void>} body
 */
export function testEach(name, body) {
  test(name, async (t) => {
    for (const variant of variants) {
      await t.test(variant, async () => {
        const ll = start(variant);
        await body(ll, variant);
        ll.dispose();
      });
    }
  });
}

/** Nested arrays of float32 numbers in (−2, 2), so that float64 and float32 layers start from the same. */
export const draw = (random) => {
  const row = (n) => Array.from({ length: n }, () => Math.fround(4 * random() - 2));
  return (...shape) => (shape.length === 1 ? row(shape[0]) : Array.from({ length: shape[0] }, () => row(shape[1])));
};

/** Two lists are the same to the bit: −0 is not 0, NaN is NaN. */
export function assertSame(actual, expected, what) {
  assertAll(actual, expected, what, 'the same', Object.is);
}

/**
 * Each element is within its tolerance.
 * @param {ArrayLike<number> | number[][]} actual
 * @param {ArrayLike<number> | number[][]} expected
 * @param {(i: number) => number} tolerance of the element at i, row by row
 * @param {string} what
 */
export function assertClose(actual, expected, tolerance, what) {
  assertAll(actual, expected, what, 'close', (a, b, i) => Math.abs(a - b) <= tolerance(i) || Object.is(a, b));
}

const flat = (list) => Array.from(list).flat();

function assertAll(actual, expected, what, how, agree) {
  const [a, b] = [flat(actual), flat(expected)];
  assert.equal(a.length, b.length, `${what}: ${a.length} numbers instead of ${b.length}`);
  const at = a.findIndex((value, i) => !agree(value, b[i], i));
  if (at >= 0) assert.fail(`${what}: not ${how} at ${at} of ${a.length}: expected ${b[at]}, got ${a[at]} (SEED=${seed})`);
}

/**
 * Runs a module in a process of its own, which must end well and complain of nothing.
 * @param {string} source
 * @param {string[]} [flags] for node
 * @returns {Promise<string>} what it printed
 */
export async function run(source, flags = []) {
  const args = [...process.execArgv.filter((flag) => flag.includes('wasm')), ...flags, '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaints] = ['', ''];
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (complaints += data));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...end) => resolve(end));
  });
  assert.deepEqual([code ?? signal, complaints], [0, ''], `the process failed:\n${complaints}`);
  return output;
}
