// What this library sets out to reach, and where it stands. For information: no target is a test.

import { exactTimes, kilobytes, percent } from './table.js';

/** @typedef {import('./results.js').Results} Results */
/** @typedef {{ where: string, value: number | undefined }} Measured */

/**
 * @typedef {object} Target
 * @property {string} what
 * @property {number} limit
 * @property {boolean} [atMost] the limit is from above
 * @property {(value: number) => string} format
 * @property {(results: Results) => Measured[]} measure
 */

const large = ['128×256→256', '480×480→480', '1024×1024→1024'];
const middle = ['32×64→64', ...large];
const odd = ['33×65→67', '100×784→50'];
const passes = ['affine forward', 'affine backward'];
const named = (/** @type {string[]} */ groups, /** @type {string[]} */ names) =>
  groups.flatMap((group) => names.map((name) => `${group} ${name}`));

/** @param {string} what @param {number} limit @param {string[]} rows @returns {Target} */
const share = (what, limit, rows) => ({
  what: `≥ ${percent(limit)} of the peak of the variant's own instructions: ${what}`,
  limit,
  format: (value) => percent(value, 1),
  measure(results) {
    const of = (/** @type {string} */ variant) => rows.map((row) => ({ where: `${row}, ${variant}`, value: results.share(row, variant) }));
    return [...of('simd'), ...of('relaxed')];
  },
});

/**
 * @param {string} what
 * @param {number} limit
 * @param {string} peer its column
 * @param {string[]} rows
 * @param {string} [variant] that of `load()` if left out
 * @returns {Target}
 */
const faster = (what, limit, peer, rows, variant) => ({
  what: `≥ ${limit}× ${what}`,
  limit,
  format: exactTimes,
  measure: (results) => rows.map((row) => ({ where: row, value: results.ratio(row, peer, variant) })),
});

/** @param {string} what @param {number} limit @param {(results: Results) => number | undefined} measure @returns {Target} */
const atMost = (what, limit, measure, format = exactTimes) => ({
  what: `≤ ${format === exactTimes ? `${limit}×` : format(limit)} ${what}`,
  limit,
  atMost: true,
  format,
  measure: (results) => [{ where: '', value: measure(results) }],
});

const inverse = (/** @type {number | undefined} */ ratio) => (ratio === undefined ? undefined : 1 / ratio);
const part = (/** @type {Record<string, number>} */ { layerlens, ...others }, /** @type {string} */ name) =>
  layerlens ? layerlens / others[name] : undefined;
const book = 'train step 784-50-10, batch 100';
const xor = 'train step 2-8-2, batch 4';
const tiny = ['affine + sigmoid forward 4×2→3'];
const small = ['affine + sigmoid forward 32×64→64'];
const forward = named(['affine forward'], large);
const fromMiddle = [...middle, ...odd];
const backward = named(['affine backward'], fromMiddle);

/** @type {Target[]} */
const targets = [
  share('affine forward and backward, sizes ≥ 64', 0.92, named(passes, middle)),
  share('affine forward and backward, 33×65→67 and 100×784→50', 0.8, named(passes, odd)),
  faster('as fast as TensorFlow.js, affine forward, sizes ≥ 240, simd', 1.2, 'tfjs', forward, 'simd'),
  faster('as fast as TensorFlow.js, affine forward, sizes ≥ 240, relaxed', 1.45, 'tfjs', forward, 'relaxed'),
  faster('as fast as ONNX Runtime, affine forward, sizes ≥ 240, simd', 1.2, 'onnx', forward, 'simd'),
  faster('as fast as ONNX Runtime, affine forward, sizes ≥ 240, relaxed', 1.45, 'onnx', forward, 'relaxed'),
  faster('as fast as TensorFlow.js, affine + sigmoid 32×64→64', 2.5, 'tfjs', small),
  faster('as fast as ONNX Runtime, affine + sigmoid 32×64→64', 3.5, 'onnx', small),
  faster('as fast as TensorFlow.js, affine + sigmoid 4×2→3', 35, 'tfjs', tiny),
  faster('as fast as ONNX Runtime, affine + sigmoid 4×2→3', 50, 'onnx', tiny),
  faster('as fast as NumPy, affine + sigmoid 4×2→3', 15, 'numpy', tiny),
  faster('as fast as TensorFlow.js, affine forward 1×784→50', 3, 'tfjs', ['affine forward 1×784→50']),
  faster("as fast as TensorFlow.js's gradients, affine backward from 32×64→64 up", 12, 'tfjs', backward),
  faster('as fast as plain JavaScript, affine at 4×2→3', 1, 'plain', named(passes, ['4×2→3'])),
  faster('as fast as plain JavaScript, affine at 8×16→16', 3, 'plain', named(passes, ['8×16→16'])),
  faster('as fast as plain JavaScript, affine from 32×64→64 up', 15, 'plain', named(passes, fromMiddle)),
  faster('as fast as TensorFlow.js, sigmoid forward 65,536', 1.6, 'tfjs', ['sigmoid forward 65,536']),
  faster('as fast as TensorFlow.js, sigmoid forward 64', 10, 'tfjs', ['sigmoid forward 64']),
  faster('as fast as TensorFlow.js, train step 784-50-10', 10, 'tfjs', [book]),
  atMost("NumPy's time, train step 784-50-10", 1.5, (results) => inverse(results.ratio(book, 'numpy'))),
  atMost("NumPy's time, train step 784-50-10, two threads", 1, (results) => inverse(results.ratio(book, 'numpy', 'threads'))),
  faster('as fast as TensorFlow.js, train step 2-8-2', 200, 'tfjs', [xor]),
  faster('as fast as NumPy, train step 2-8-2', 18, 'numpy', [xor]),
  faster('as fast as one thread, two at 480×480→480', 1.8, 'relaxed', named(passes, ['480×480→480']), 'threads'),
  atMost('to download, gzipped: dist/index.js', 12_000, (results) => results.download.layerlens, kilobytes),
  atMost("TensorFlow.js's time from import to the first result", 0.1, ({ first }) => part(first, 'TensorFlow.js')),
  atMost("ONNX Runtime's time from import to the first result", 0.05, ({ first }) => part(first, 'ONNX Runtime')),
];

/** One line for each target that was measured: whether it is reached, and by how much. @param {Results} results */
export const targetList = (results) => targets.flatMap((target) => line(target, results)).join('\n');

/** @returns {string | []} */
function line(/** @type {Target} */ { what, limit, atMost, format, measure }, /** @type {Results} */ results) {
  const all = measure(results).flatMap(({ where, value }) => (value === undefined ? [] : [{ where, value }]));
  if (all.length === 0) return [];
  const isMet = (/** @type {number} */ value) => (atMost ? value <= limit : value >= limit);
  const met = all.filter(({ value }) => isMet(value)).length;
  const worst = all.reduce((a, b) => (Boolean(atMost) === a.value < b.value ? b : a));
  const rest = all.length > 1 ? ` at worst (${worst.where}); ${met} of ${all.length} reach it` : '';
  return `- ${met === all.length ? '✓' : '✗'} ${what}: ${format(worst.value)}${rest}`;
}
