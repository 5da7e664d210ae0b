// Makes a table ready for a network: labels as numbers, samples held out for the test, features on one scale.

import { quote } from '../js/quote.js';
import { isNumber } from './csv.js';
import { Failure } from './failure.js';

/** @typedef {import('./table.js').Table} Table */

/**
 * A feature enters the network as (x − shift) / scale. A list holds one number for each column, or one for all of them.
 * @typedef {{ shift: number[], scale: number[] }} Scale
 */

/** The ways to a scale, as `--normalize` names them. */
export const ways = /** @type {const} */ (['columns', 'bytes', 'none']);
/** @typedef {typeof ways[number]} Way */

/**
 * The classes, in numerical order if they are numbers, else alphabetically, and each label's place among them.
 * @param {string} name of the data
 * @param {string[]} labels
 */
export function encode(name, labels) {
  const classes = [...new Set(labels)].sort();
  if (classes.every(isNumber)) classes.sort((a, b) => Number(a) - Number(b));
  if (classes.length < 2) throw new Failure(`${name}: expected two classes or more, but all labels are ${quote(labels[0])}`);
  if (2 * classes.length > labels.length) {
    const found = `${classes.length} different labels in ${labels.length} rows`;
    throw new Failure(`${name}: ${found} are no classes; --label chooses another column`);
  }
  const places = new Map(classes.map((label, place) => [label, place]));
  return { classes, t: Int32Array.from(labels, (label) => /** @type {number} */ (places.get(label))) };
}

/**
 * Holds out a share of the samples for the test: the same share of each class, but for one sample more or less, in an order that is
 * drawn by the seed. Each class keeps a sample for training.
 * @param {import('layerlens').Runtime} ll
 * @param {Int32Array} t
 * @param {number} share
 * @param {number} seed
 * @returns {{ training: number[], test: number[] }} rows
 */
export function split(ll, t, share, seed) {
  const drawn = ll.randn([t.length], { seed });
  const keys = drawn.data.slice();
  drawn.dispose();
  /** The rows of each class. @type {number[][]} */
  const groups = [];
  for (const row of Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b])) (groups[t[row]] ??= []).push(row);

  let before = 0; // samples of the classes before
  const held = groups.map((rows) => {
    const count = Math.round((before + rows.length) * share) - Math.round(before * share);
    before += rows.length;
    return Math.min(count, rows.length - 1);
  });
  const ascending = (/** @type {number[][]} */ rows) => rows.flat().sort((a, b) => a - b);
  return {
    training: ascending(groups.map((rows, label) => rows.slice(held[label]))),
    test: ascending(groups.map((rows, label) => rows.slice(0, held[label]))),
  };
}

/**
 * @param {Way} way
 * @param {Table} table
 * @param {number[]} rows to learn it from
 * @returns {Scale}
 */
export function scaleOf(way, { x, columns }, rows) {
  if (way === 'none') return { shift: [0], scale: [1] };
  if (way === 'bytes') return { shift: [0], scale: [255] };
  // Columns: mean 0 and standard deviation 1. A column that is the same everywhere only moves to 0: the sum of float32 numbers
  // that are the same is exact in float64, and so is their mean, if it is divided once.
  const sum = Array.from({ length: columns }, () => 0);
  const scale = Array.from({ length: columns }, () => 0);
  for (const row of rows) for (let i = 0; i < columns; i++) sum[i] += x[row * columns + i];
  const shift = sum.map((total) => total / rows.length);
  for (const row of rows) for (let i = 0; i < columns; i++) scale[i] += (x[row * columns + i] - shift[i]) ** 2 / rows.length;
  return { shift, scale: scale.map((variance) => Math.sqrt(variance) || 1) };
}

/**
 * Rows of a table, scaled.
 * @param {Float32Array} to (rows, columns), written
 * @param {Table} table
 * @param {ArrayLike<number>} rows
 * @param {Scale} scale
 */
export function fill(to, { x, columns }, rows, { shift, scale }) {
  for (let i = 0; i < to.length; i++) {
    const column = i % columns;
    const at = shift.length === 1 ? 0 : column;
    to[i] = (x[rows[Math.floor(i / columns)] * columns + column] - shift[at]) / scale[at];
  }
}
