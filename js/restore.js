// The layers of a network as JSON, and networks made again from it.

import { FormatError, isRecord, parseJson } from './bytes.js';
import { show, showShape } from './check.js';
import { ArgumentError } from './errors.js';
import { quote } from './quote.js';
import { asRead } from './safetensors.js';
import { checkFit, checkRange, torchName, torchSlots, weightsOf } from './slots.js';
import { transpose } from './transpose.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./elements.js').StoredArray} StoredArray */
/** @typedef {import('./layer.js').Layer} Layer */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./network.js').TensorData} TensorData */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./safetensors.js').SafetensorsFile} SafetensorsFile */
/** @typedef {import('./sequential.js').Sequential} Sequential */

/** The key of a file's metadata that holds the layers. */
export const LAYERS = 'layerlens.layers';

/** Far more than a network has; a sequential compares each layer with all others. */
const MOST_LAYERS = 1000;

const where = 'restoreNetwork';

/** @typedef {{ name: string, c?: string } | object[]} Description A layer, or the layers of an inner sequential. */

/** @param {readonly Network[]} layers @returns {Description[]} to be kept as JSON */
export const describe = (layers) =>
  layers.map(({ layers, name, c }) => {
    if (layers) return describe(layers);
    // As text, since JSON has no infinities, no NaN and no −0.
    return c === undefined ? { name } : { name, c: Object.is(c, -0) ? '-0' : String(c) };
  });

/** @typedef {{ W?: TensorData, b?: TensorData, c?: number }} Parts What a layer is made with; the numbers lie as in the file. */

/** The rows of W, which the file holds transposed. @param {TensorData} W */
function rows({ shape: [inputs, outputs], data }) {
  const own = transpose(data, outputs, inputs);
  return Array.from({ length: inputs }, (_, i) => own.subarray(i * outputs, (i + 1) * outputs));
}

/**
 * What each kind of layer is made with, and how.
 * @type {Record<string, { of: (keyof Parts)[], make: (ll: Runtime, parts: any) => Layer }>}
 */
const kinds = {
  affine: { of: ['W', 'b'], make: (ll, { W, b }) => ll.affine(rows(W), b.data) },
  sigmoid: { of: [], make: (ll) => ll.sigmoid() },
  relu: { of: [], make: (ll) => ll.relu() },
  dot: { of: ['W'], make: (ll, { W }) => ll.nodes.dot(rows(W)) },
  addBias: { of: ['b'], make: (ll, { b }) => ll.nodes.addBias(b.data) },
  multiply: { of: ['c'], make: (ll, { c }) => ll.nodes.multiply(c) },
  add: { of: ['c'], make: (ll, { c }) => ll.nodes.add(c) },
  exp: { of: [], make: (ll) => ll.nodes.exp() },
  reciprocal: { of: [], make: (ll) => ll.nodes.reciprocal() },
};

/**
 * Makes the sequential again that `saveSafetensors` saved, with the same weights to the bit. Of at most 1000 layers.
 * @param {Runtime} ll where to make it
 * @param {Uint8Array | ArrayBuffer | SafetensorsFile} file its bytes, or what `readSafetensors` has read
 * @returns {Sequential}
 * @throws FormatError if the file is damaged, holds a number beyond float32, or doesn't say which layers it holds, as those that
 *   others wrote: make the network yourself, then call `loadSafetensors`; ArgumentError for other values; MemoryError
 * @example
 * import { load } from 'layerlens';
 * import { restoreNetwork, saveSafetensors } from 'layerlens/formats';
 *
 * const ll = await load();
 * const net = ll.sequential(ll.affine(4, 3), ll.relu());
 * console.log(restoreNetwork(ll, saveSafetensors(net)).label); // sequential(affine(4, 3), relu)
 */
export function restoreNetwork(ll, file) {
  if (typeof ll?.sequential !== 'function' || typeof ll.affine !== 'function') {
    throw new ArgumentError(`${where}: ll must be a runtime, got ${show(ll)}`);
  }
  const { arrays, metadata } = asRead(where, file);
  if (!Object.hasOwn(metadata, LAYERS)) {
    throw new FormatError(`${where}: the file doesn't say which layers it holds; make the network, then call loadSafetensors`);
  }
  const weights = weightsOf(arrays);
  const plan = new Plan(weights);
  const make = plan.sequential(parseJson(`${where}: ${LAYERS}`, metadata[LAYERS]), '');
  checkFit(where, torchSlots(plan), weights);

  /** @type {Layer[]} */
  const made = [];
  try {
    return make(ll, made);
  } catch (error) {
    for (const layer of made) layer.dispose();
    throw error;
  }
}

/** Layers that are to be made, once the file has been checked: the network that it describes, without a runtime. */
class Plan {
  name = 'sequential';
  label = 'sequential';
  /** @type {{ name: string, value: TensorData }[]} */
  parameters = [];
  #layers = 0;
  #weights;

  /** @param {Record<string, StoredArray>} weights the file's */
  constructor(weights) {
    this.#weights = weights;
  }

  /**
   * @param {unknown} description
   * @param {string} path what the names of its parameters begin with
   * @returns {(ll: Runtime, made: Layer[]) => Sequential} adds each layer to `made`
   */
  sequential(description, path) {
    if (!Array.isArray(description) || description.length === 0) {
      throw new FormatError(`${where}: ${LAYERS}: expected a list of at least one layer, got ${show(description)}`);
    }
    const makers = description.map((one, i) => {
      if (++this.#layers > MOST_LAYERS) throw new FormatError(`${where}: ${LAYERS}: more than ${MOST_LAYERS} layers`);
      return Array.isArray(one) ? this.sequential(one, `${path}${i}.`) : this.#layer(one, `${path}${i}.`);
    });
    return (ll, made) => ll.sequential(...makers.map((make) => make(ll, made)));
  }

  /**
   * @param {unknown} description
   * @param {string} path
   * @returns {(ll: Runtime, made: Layer[]) => Layer}
   */
  #layer(description, path) {
    const { name, c, ...rest } = isRecord(description) ? description : {};
    if (typeof name !== 'string' || !Object.hasOwn(kinds, name) || Object.keys(rest).length > 0) {
      throw new FormatError(`${where}: ${LAYERS}: no layer is known as ${quote(JSON.stringify(description))}`);
    }
    const { of, make } = kinds[name];
    /** @type {Parts} */
    const parts = {};
    if (of.includes('W')) {
      const [outputs, inputs] = this.#shapeOf(`${path}weight`, 2);
      parts.W = this.#add(`${path}W`, [inputs, outputs], `${path}weight`);
    }
    if (of.includes('b')) {
      const [outputs] = this.#shapeOf(`${path}bias`, 1);
      parts.b = this.#add(`${path}b`, [parts.W?.shape[1] ?? outputs], `${path}bias`);
    }
    if (of.includes('c') ? !isNumeral(c) : c !== undefined) {
      throw new FormatError(`${where}: ${LAYERS}: ${name} can't have the constant ${show(c)}`);
    }
    parts.c = Number(c);
    return (ll, made) => {
      const layer = make(ll, parts);
      made.push(layer);
      for (const { name, value } of layer.parameters) {
        checkRange(where, path + torchName(name), parts[/** @type {'W' | 'b'} */ (name)]?.data, value.data);
      }
      return layer;
    };
  }

  /** @param {string} stored the name in the file @param {number} rank */
  #shapeOf(stored, rank) {
    const shape = Object.hasOwn(this.#weights, stored) ? this.#weights[stored].shape : undefined;
    if (shape?.length !== rank || shape.includes(0)) {
      const found = shape ? `has ${quote(stored)} of shape ${showShape(shape)}` : `has no ${quote(stored)}`;
      throw new FormatError(`${where}: the layers need ${quote(stored)} of rank ${rank}, but the file ${found}`);
    }
    return shape;
  }

  /** @param {string} name @param {Shape} shape @param {string} stored the name in the file */
  #add(name, shape, stored) {
    const value = { shape, data: /** @type {any} */ (this.#weights[stored].data) };
    this.parameters.push({ name, value });
    return value;
  }
}

/** Whether it is what `describe` makes of a number. @param {unknown} text */
const isNumeral = (text) => text === '-0' || (typeof text === 'string' && String(Number(text)) === text);
