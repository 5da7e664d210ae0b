// A network as its files and its trace see it: layers, and parameters by name. Any runtime's will do, so that nothing here asks for a class.

import { show } from './check.js';
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
 * @param {unknown} net
 */
export function checkNetwork(where, net) {
  const { name, parameters } = /** @type {Partial<Network>} */ (net ?? {});
  if (typeof name !== 'string' || !Array.isArray(parameters)) {
    throw new ArgumentError(`${where}: expected a network, got ${show(net)}`);
  }
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
