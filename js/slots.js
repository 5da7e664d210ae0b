// What stands for what: the arrays of a file, and the tensors of a network and its optimiser.

import { FormatError, quote } from './bytes.js';
import { showShape } from './check.js';
import { transpose } from './transpose.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./elements.js').NamedArray} NamedArray */
/** @typedef {import('./elements.js').StoredArray} StoredArray */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./network.js').TensorData} TensorData */
/** @typedef {{ name: string, step: number, tensors: Record<string, TensorData> }} ParameterState Live: `step` can be set. */

/**
 * What is asked of an optimiser.
 * @typedef {object} Optimizer
 * @property {string} name
 * @property {(net: any) => ParameterState[]} state of each parameter of the network
 */

/**
 * An array of a file, and the place in memory that it stands for.
 * @typedef {object} Slot
 * @property {string} name in the file
 * @property {Shape} shape in the file
 * @property {() => Float32Array | Float64Array} read
 * @property {(data: any) => void} write
 * @property {(data: any) => boolean} [accepts] whether it may be written, if not any number may
 */

/** A tensor as it is. @param {string} name @param {TensorData} tensor @returns {Slot} */
const plain = (name, tensor) => ({
  name,
  shape: tensor.shape,
  read: () => tensor.data,
  write: (data) => tensor.data.set(data),
});

/**
 * A tensor in the layout of PyTorch, whose nn.Linear keeps W as (out, in).
 * @param {string} name
 * @param {TensorData} tensor
 * @returns {Slot}
 */
function torch(name, tensor) {
  if (tensor.shape.length === 1) return plain(name, tensor);
  const [inputs, outputs] = tensor.shape;
  return {
    name,
    shape: [outputs, inputs],
    read: () => transpose(tensor.data, inputs, outputs),
    write: (data) => tensor.data.set(transpose(data, outputs, inputs)),
  };
}

/** What nn.Linear calls a parameter: `0.weight` for `0.W`. @param {string} name */
const torchName = (name) => name.replace(/\bW$/, 'weight').replace(/\bb$/, 'bias');

/** Under the names, and in the layout, that parameters have here. @param {Network} net @returns {Slot[]} */
export const ownSlots = (net) => net.parameters.map(({ name, value }) => plain(name, value));

/** Under PyTorch's. @param {Network} net @returns {Slot[]} */
export const torchSlots = (net) => net.parameters.map(({ name, value }) => torch(torchName(name), value));

/** @param {Network} net @param {Optimizer} optimizer @returns {Slot[]} */
export function optimizerSlots(net, optimizer) {
  return optimizer.state(net).flatMap((state) => {
    const prefix = `optimizer.${torchName(state.name)}`;
    const tensors = Object.entries(state.tensors).map(([name, tensor]) => torch(`${prefix}.${name}`, tensor));
    /** @type {Slot} */
    const step = {
      name: `${prefix}.step`,
      shape: [],
      read: () => Float64Array.of(state.step), // float32, as PyTorch has it, would stop counting at 2²⁴
      write: ([step]) => (state.step = step),
      accepts: ([step]) => Number.isInteger(step) && step >= 0 && step < 2 ** 32, // as the optimiser takes it
    };
    return [...tensors, step];
  });
}

/** @param {Slot[]} slots @returns {Record<string, NamedArray>} */
export const collect = (slots) => Object.fromEntries(slots.map(({ name, shape, read }) => [name, { shape, data: read() }]));

/**
 * Checks that a file's arrays are those that are expected, then writes them to memory.
 * @param {string} where
 * @param {Slot[]} slots
 * @param {Record<string, StoredArray>} arrays
 */
export function fill(where, slots, arrays) {
  const names = new Set(slots.map(({ name }) => name));
  const surplus = Object.keys(arrays).find((name) => !names.has(name));
  if (surplus !== undefined) throw new FormatError(`${where}: the network has no ${quote(surplus)}, which the file holds`);
  for (const { name, shape, read, accepts } of slots) {
    const { data } = checkEntry(where, arrays, name, shape);
    if (accepts && !accepts(data)) throw new FormatError(`${where}: ${quote(name)} can't be ${data[0]}`);
    read(); // throws if it was disposed of
  }
  for (const { name, write } of slots) write(arrays[name].data);
}

/**
 * @param {string} where
 * @param {Record<string, StoredArray>} arrays of a file
 * @param {string} name
 * @param {Shape} shape expected
 * @returns {StoredArray} of float32 or float64 numbers
 */
function checkEntry(where, arrays, name, shape) {
  if (!Object.hasOwn(arrays, name)) throw new FormatError(`${where}: the file has no ${quote(name)}`);
  const array = arrays[name];
  if (shape.length !== array.shape.length || !shape.every((axis, i) => axis === array.shape[i])) {
    throw new FormatError(`${where}: ${quote(name)} must be ${showShape(shape)}, got ${showShape(array.shape)}`);
  }
  if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
    throw new FormatError(`${where}: ${quote(name)} must hold floating-point numbers, got ${array.dtype}`);
  }
  return array;
}

/** Those that aren't the state of an optimiser. @param {Record<string, StoredArray>} arrays */
export const weightsOf = (arrays) =>
  Object.fromEntries(Object.entries(arrays).filter(([name]) => !name.startsWith('optimizer.')));
