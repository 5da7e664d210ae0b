// A network as its files and its trace see it: layers, and parameters by name. Any runtime's will do, so that nothing here asks for a class.

import { show, sizeOf } from './check.js';
import { ArgumentError } from './errors.js';

/** @typedef {import('./check.js').Shape} Shape */

/**
 * Numbers in memory, which can be set.
 * @typedef {{ readonly shape: Shape, readonly data: Float32Array | Float64Array }} TensorData
 */

/**
 * A layer, or layers in a row.
 * @typedef {object} Network
 * @property {string} name of its kind
 * @property {string} label
 * @property {readonly Readonly<{ name: string, value: TensorData }>[]} parameters
 * @property {readonly Network[]} [layers] of a sequential
 * @property {number} [c] the constant of `multiply` and `add`
 */

/**
 * @param {string} where
 * @param {any} net
 * @throws ArgumentError if it is no network; StateError if a parameter was disposed of
 */
export function checkNetwork(where, net) {
  const { name, label, parameters, layers = [], c = 0 } = net ?? {};
  const known = typeof name === 'string' && typeof label === 'string' && typeof c === 'number';
  if (!known || !Array.isArray(parameters) || !Array.isArray(layers)) {
    throw new ArgumentError(`${where}: net must be a network, got ${show(net)}`);
  }
  const wrong = parameters.findIndex((parameter) => !isParameter(parameter));
  if (wrong >= 0) {
    const got = show(parameters[wrong]);
    throw new ArgumentError(`${where}: net must be a network, but its parameters[${wrong}] is no name with a tensor: ${got}`);
  }
  for (const layer of layers) checkNetwork(where, layer);
}

/** @param {any} parameter */
function isParameter(parameter) {
  const { name, value } = parameter ?? {};
  const { shape, data } = value ?? {};
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  return typeof name === 'string' && floats && Array.isArray(shape) && [1, 2].includes(shape.length) && sizeOf(shape) === data.length;
}

/**
 * The layers that compute, those of inner sequentials among them.
 * @param {any} net a network; anything else counts as one layer
 * @param {string} [path] what the names of its parameters begin with
 * @returns {{ layer: any, path: string }[]} path: `2.` of the layer whose weights are `2.W`
 */
export const flatten = (net, path = '') =>
  net?.layers
    ? net.layers.flatMap((/** @type {any} */ layer, /** @type {number} */ i) => flatten(layer, `${path}${i}.`))
    : [{ layer: net, path }];
