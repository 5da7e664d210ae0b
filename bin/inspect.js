// `layerlens inspect`: what a file of weights holds.

import { load } from 'layerlens';
import { readNpy, readNpz, readSafetensors, restoreNetwork } from 'layerlens/formats';

import { table as inColumns } from '../js/table.js';
import { readBytes } from './network.js';
import { printable } from './text.js';

/** @typedef {import('layerlens').Sequential} Sequential */
/** @typedef {import('layerlens/formats').StoredArray} StoredArray */

/** @param {string} path */
export async function inspect(path) {
  const ll = await load();
  const { format, size, arrays, metadata, net } = await readBytes(path, (bytes) => ({ size: bytes.length, ...read(ll, bytes) }));
  const tensors = Object.entries(arrays)
    .map(([name, array]) => ({ ...array, ...statistics(array.data), name: printable(name) }))
    .sort((a, b) => Number(a.name.startsWith('optimizer.')) - Number(b.name.startsWith('optimizer.'))); // weights first
  const notes = Object.entries(metadata).map(([key, value]) => [printable(key), start(value)]);

  const all = tensors.reduce((sum, { numbers }) => sum + numbers, 0);
  const counts = [counted(tensors.length, 'tensor'), counted(all, 'number'), counted(size, 'byte')];
  const lines = [`${path}: ${format}, ${counts.join(', ')}`];
  if (net) lines.push('', net.summary());
  if (tensors.length > 0) lines.push('', inColumns([titles, ...tensors.map(row)], 3));
  if (notes.length > 0) lines.push('', inColumns(notes));
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const { name, unfit, numbers } of tensors) {
    if (unfit > 0) process.stderr.write(`layerlens: ${path}: ${name}: ${unfit} of ${numbers} numbers are NaN or infinite\n`);
  }
}

/**
 * @param {import('layerlens').Runtime} ll
 * @param {Uint8Array} bytes
 * @returns {{ format: string, arrays: Record<string, StoredArray>, metadata: Record<string, string>, net?: Sequential }}
 *   net: if it is one of layerlens
 */
function read(ll, bytes) {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic === '\x93NUMPY') return { format: 'npy', arrays: { array: readNpy(bytes) }, metadata: {} };
  if (magic.startsWith('PK')) return { format: 'npz', arrays: readNpz(bytes), metadata: {} };
  const file = readSafetensors(bytes);
  const net = Object.hasOwn(file.metadata, 'layerlens.layers') ? restoreNetwork(ll, file) : undefined;
  return { format: 'safetensors', ...file, net };
}

/** @param {number} count @param {string} what */
const counted = (count, what) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

const titles = ['tensor', 'dtype', 'shape', 'min', 'max', 'mean', 'std'];

/** @param {{ name: string, dtype: string, shape: readonly number[] } & ReturnType<typeof statistics>} tensor */
const row = ({ name, dtype, shape, min, max, mean, std }) => [
  printable(name),
  dtype,
  `(${shape.join(', ')})`,
  ...[min, max, mean, std].map(digits),
];

/**
 * Of the finite numbers; NaN where there are none.
 * @param {ArrayLike<number | bigint>} data
 */
function statistics(data) {
  const numbers = Float64Array.from(data, Number);
  const finite = numbers.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
  return {
    numbers: numbers.length,
    unfit: numbers.length - finite.length,
    min: finite.length > 0 ? finite.reduce((a, b) => Math.min(a, b)) : NaN,
    max: finite.length > 0 ? finite.reduce((a, b) => Math.max(a, b)) : NaN,
    mean,
    std: Math.sqrt(variance),
  };
}

/** @param {number} value */
const digits = (value) => {
  if (Number.isNaN(value)) return '';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4);
};

/** What has room beside its key. */
const start = (/** @type {string} */ value) => printable(value.length > 56 ? `${value.slice(0, 55)}…` : value);
