// Random states of the page, and what float64 makes of their inputs.

import assert from 'node:assert/strict';
import { open } from './browser.js';

const presets = ['book', 'iris', 'zeros', 'saturated', 'overflow', 'random'];
const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** @typedef {(choices: number) => number} Choose a whole number below `choices` */

/**
 * The address of a state, its scene among those that are named.
 * @param {Choose} choose
 * @param {string[]} scenes
 * @param {string[]} [among] presets
 */
export function randomAddress(choose, scenes, among = presets) {
  const preset = among[choose(among.length)];
  const sizes = preset === 'iris' ? '' : `&in=${1 + choose(6)}&out=${1 + choose(6)}`;
  const seed = preset === 'random' ? `&seed=${1 + choose(9999)}` : '';
  return `?scene=${scenes[choose(scenes.length)]}&preset=${preset}&n=${1 + choose(8)}${sizes}${seed}`;
}

/** @typedef {number | number[] | number[][]} Numbers */

/** A tensor as the page shows it: its refs' values, put into rows. @param {Map<string, number>} values @param {string} name */
function read(values, name) {
  const found = [...values].filter(([ref]) => ref === name || ref.startsWith(`${name}[`));
  /** @type {number[][]} */
  const rows = [];
  for (const [ref, value] of found) {
    const indices = [...ref.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
    const [i, j] = indices.length === 2 ? indices : [0, indices[0] ?? 0];
    (rows[i] ??= [])[j] = value;
  }
  return found.length ? rows : undefined;
}

/**
 * What both passes give in float64, by ref; `spoilt` where float32 overflows on the way, so that no finite number can come out.
 * @param {string} scene
 * @param {Map<string, number>} inputs
 */
function expectedValues(scene, inputs) {
  /** @type {Map<string, number>} */
  const expected = new Map(inputs);
  /** @type {Set<string>} */
  const spoilt = new Set();
  const put = (/** @type {string} */ ref, /** @type {number} */ value) => expected.set(ref, value);
  const over = (/** @type {number} */ value) => Math.abs(value) > LARGEST_FLOAT32;

  if (scene === 'opened' || scene === 'folded') {
    const [x, dout] = ['x', 'dout'].map((ref) => /** @type {number} */ (inputs.get(ref)));
    const e = Math.exp(-x);
    const y = 1 / (1 + e);
    const slope = 1 / (2 + Math.exp(x) + Math.exp(-x));
    const route = scene === 'folded' ? 'opened.' : '';
    put('neg.out', -x);
    put('exp.out', over(e) ? Infinity : e);
    put('add.out', over(e) ? Infinity : 1 + e);
    put(`${route}y`, y);
    put('reciprocal.local', -y * y);
    put('dadd.out', -dout * y * y);
    put('add.local', 1);
    put('dexp.out', -dout * y * y);
    put('exp.local', over(e) ? Infinity : e);
    put('dneg.out', -dout * slope);
    put('neg.local', -1);
    put(`${route}dx`, dout * slope);
    if (over(e)) ['dneg.out', `${route}dx`].forEach((ref) => spoilt.add(ref));
    if (scene === 'folded') {
      for (const prefix of ['', 'exact.']) {
        put(`${prefix}y`, y);
        put(`${prefix}dx`, dout * slope);
      }
      put('sigmoid.local', slope);
    }
    return { expected, spoilt };
  }

  const [X, W, [b]] = ['X', 'W', 'b'].map((name) => /** @type {number[][]} */ (read(inputs, name)));
  const refOf = (/** @type {string} */ name, /** @type {number} */ i, /** @type {number} */ j) =>
    /^d?b$/.test(name) || (scene === 'sample' && !/^d?W$/.test(name)) ? `${name}[${j}]` : `${name}[${i}][${j}]`;
  /** A result, each of its numbers a sum of terms. @param {string} name @param {number} rows @param {number} columns @param {(i: number, j: number) => number[]} terms */
  const sums = (name, rows, columns, terms) =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => {
        const ref = refOf(name, i, j);
        let sum = 0;
        terms(i, j).forEach((term, k) => {
          sum += term;
          put(`${ref}.sum[${k}]`, sum);
          if (over(term) || over(sum)) spoilt.add(ref);
          if (spoilt.has(ref)) spoilt.add(`${ref}.sum[${k}]`);
        });
        put(ref, sum);
        return sum;
      }),
    );
  const [n, fanIn, fanOut] = [X.length, W.length, W[0].length];
  const Y = sums('Y', n, fanOut, (i, j) => [b[j], ...X[i].map((x, k) => x * W[k][j])]);
  const dout = read(inputs, 'dout');
  const dY = /** @type {number[][]} */ (
    dout
      ? Y.map((row, i) =>
          row.map((sum, j) => {
            const slope = 1 / (2 + Math.exp(sum) + Math.exp(-sum));
            put(refOf('out', i, j), 1 / (1 + Math.exp(-sum)));
            put(`${refOf('dY', i, j)}.local`, slope);
            put(refOf('dY', i, j), dout[i][j] * slope);
            return dout[i][j] * slope;
          }),
        )
      : read(inputs, 'dY')
  );
  sums('dX', n, fanIn, (i, k) => dY[i].map((upstream, j) => upstream * W[k][j]));
  sums('dW', fanIn, fanOut, (k, j) => X.map((row, i) => row[k] * dY[i][j]));
  sums('db', 1, fanOut, (_, j) => dY.map((row) => row[j]));
  return { expected, spoilt };
}

/** Inside the page: the numbers at each step, by the scrubber, since a state has up to 190 steps. */
export function readSteps() {
  const stage = /** @type {HTMLElement} */ (document.querySelector('#stage'));
  const scrubber = /** @type {HTMLInputElement} */ (stage.querySelector('.scrubber input'));
  return Array.from({ length: Number(stage.dataset.steps) + 1 }, (_, step) => {
    scrubber.value = String(step);
    scrubber.dispatchEvent(new Event('input', { bubbles: true }));
    const cells = [...stage.querySelectorAll('[data-ref]')].map((cell) => /** @type {HTMLElement} */ (cell).dataset);
    return { step: Number(stage.dataset.step), cells: cells.map(({ ref, value }) => [ref ?? '', value ?? '']) };
  });
}

/**
 * Opens a state and compares every number at every step with float64.
 * @param {import('playwright-core').Browser} browser
 * @param {string} site
 * @param {string} address
 * @returns {Promise<number>} how many numbers were compared
 */
export async function checkState(browser, site, address) {
  const { page, complaints } = await open(browser, site + address);
  const steps = await page.evaluate(readSteps);
  await page.close();
  assert.deepEqual(complaints, [], address);
  return compareSteps(address, steps);
}

/**
 * Compares every number at every step with float64.
 * @param {string} address
 * @param {ReturnType<typeof readSteps>} steps
 * @returns {number} how many numbers were compared
 */
export function compareSteps(address, steps) {
  const number = (/** @type {string} */ text) => Math.fround(Number(text.replace('∞', 'Infinity')));
  const inputs = new Map(steps[0].cells.map(([ref, text]) => [ref, number(text)]));
  const scene = /** @type {string} */ (new URLSearchParams(address).get('scene'));
  const { expected, spoilt } = expectedValues(scene, inputs);
  let compared = 0;
  steps.forEach(({ step, cells }, i) => {
    assert.equal(step, i, address);
    for (const [ref, text] of cells) {
      const [actual, wanted] = [number(text), expected.get(ref)];
      const where = `${address}&step=${step}: ${ref} is ${text}, float64 gives ${wanted}`;
      assert.ok(wanted !== undefined, where);
      if (spoilt.has(ref)) assert.ok(!Number.isFinite(actual), where);
      else assert.ok(actual === wanted || Math.abs(actual - wanted) <= Math.max(1e-5 * Math.abs(wanted), 1e-6), where);
      compared++;
    }
  });
  const last = new Set(steps[steps.length - 1].cells.map(([ref]) => ref));
  const missing = [...expected.keys()].filter((ref) => !/\.(local|sum\[\d+\])$/.test(ref) && !last.has(ref));
  assert.deepEqual(missing, [], `${address}: missing at the last step`);
  return compared;
}
