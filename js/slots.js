// What stands for what: the arrays of a file, and the tensors of a network and its optimiser.

import { FormatError } from './bytes.js';
import { show, showShape } from './check.js';
import { beyondFloat32 } from './elements.js';
import { ArgumentError } from './errors.js';
import { quote } from './quote.js';
import { transpose } from './transpose.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./elements.js').NamedArray} NamedArray */
/** @typedef {import('./elements.js').StoredArray} StoredArray */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./network.js').TensorData} TensorData */
/** @typedef {import('./optimizers.js').Optimizer} Optimizer */

/** What each optimiser keeps for a parameter: so a file can be checked before memory is allocated for it. */
const kept = { sgd: [], momentum: ['momentum_buffer'], adagrad: ['sum'], adam: ['exp_avg', 'exp_avg_sq'] };

/**
 * An array of a file, and the place in memory that it stands for.
 * @typedef {object} Slot
 * @property {string} name in the file
 * @property {Shape} shape in the file
 * @property {() => Float32Array | Float64Array} held the numbers in memory
 * @property {() => Float32Array | Float64Array} read the numbers as they lie in the file
 * @property {(data: any) => void} write
 * @property {(data: any) => boolean} [accepts] whether it may be written, if not any number may
 */

/** A tensor as it is. @param {string} name @param {TensorData} tensor @returns {Slot} */
const plain = (name, tensor) => ({
  name,
  shape: tensor.shape,
  held: () => tensor.data,
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
    held: () => tensor.data,
    read: () => transpose(tensor.data, inputs, outputs),
    write: (data) => tensor.data.set(transpose(data, outputs, inputs)),
  };
}

/** What nn.Linear calls a parameter: `0.weight` for `0.W`. @param {string} name */
export const torchName = (name) => name.replace(/\bW$/, 'weight').replace(/\bb$/, 'bias');

/** Under the names, and in the layout, that parameters have here. @param {Network} net @returns {Slot[]} */
export const ownSlots = (net) => net.parameters.map(({ name, value }) => plain(name, value));

/** Under PyTorch's. @param {Network} net @returns {Slot[]} */
export const torchSlots = (net) => net.parameters.map(({ name, value }) => torch(torchName(name), value));

/**
 * @param {string} where
 * @param {any} optimizer one whose state can be saved
 */
export function checkOptimizer(where, optimizer) {
  const { name, state } = optimizer ?? {};
  if (!Object.hasOwn(kept, name) || typeof state !== 'function') {
    throw new ArgumentError(`${where}: optimizer must be one of a runtime, got ${show(optimizer)}`);
  }
}

/** @param {Network} net @param {Optimizer} optimizer @returns {Slot[]} */
export function optimizerSlots(net, optimizer) {
  /** @type {ReturnType<Optimizer['state']> | undefined} */
  let states; // only when they are needed, since a new optimiser allocates them
  const stateOf = (/** @type {number} */ i) => (states ??= optimizer.state(/** @type {any} */ (net)))[i];
  return net.parameters.flatMap(({ name, value: { shape } }, i) => {
    const prefix = `optimizer.${torchName(name)}`;
    const tensors = kept[optimizer.name].map((key) =>
      torch(`${prefix}.${key}`, {
        shape,
        get data() {
          return stateOf(i).tensors[key].data;
        },
      }),
    );
    const read = () => Float64Array.of(stateOf(i).step); // float32, as PyTorch has it, would stop counting at 2²⁴
    /** @type {Slot} */
    const step = {
      name: `${prefix}.step`,
      shape: [],
      held: read,
      read,
      write: ([step]) => (stateOf(i).step = step),
      accepts: ([step]) => Number.isInteger(step) && step >= 0 && step < 2 ** 32, // as the optimiser takes it
    };
    return [...tensors, step];
  });
}

/** @param {Slot[]} slots @returns {Record<string, NamedArray>} */
export const collect = (slots) => Object.fromEntries(slots.map(({ name, shape, read }) => [name, { shape, data: read() }]));

/**
 * Checks that a file's arrays are those that are expected.
 * @param {string} where
 * @param {Slot[]} slots
 * @param {Record<string, StoredArray>} arrays
 */
export function checkFit(where, slots, arrays) {
  const names = new Set(slots.map(({ name }) => name));
  const surplus = Object.keys(arrays).find((name) => !names.has(name));
  if (surplus !== undefined) throw new FormatError(`${where}: the network has no ${quote(surplus)}, which the file holds`);
  for (const { name, shape, accepts } of slots) {
    const { data } = checkEntry(where, arrays, name, shape);
    if (accepts && !accepts(data)) throw new FormatError(`${where}: ${quote(name)} can't be ${data[0]}`);
  }
}

/**
 * Checks, then writes to memory.
 * @param {string} where
 * @param {Slot[]} slots
 * @param {Record<string, StoredArray>} arrays
 */
export function fill(where, slots, arrays) {
  checkFit(where, slots, arrays);
  for (const { name, held } of slots) checkRange(where, name, arrays[name].data, held()); // `held` throws if it was disposed of
  for (const { name, write } of slots) write(arrays[name].data);
}

/**
 * Checks that numbers don't become infinite in memory; those that are already may.
 * @param {string} where
 * @param {string} name in the file
 * @param {any} data
 * @param {Float32Array | Float64Array} held
 */
export function checkRange(where, name, data, held) {
  const beyond = held instanceof Float32Array ? beyondFloat32(data) : undefined;
  if (beyond !== undefined) throw new FormatError(`${where}: ${quote(name)} holds ${beyond}, which is beyond float32`);
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
