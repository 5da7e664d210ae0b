// Networks saved and loaded, with the state of their optimisers.

import { FormatError } from './bytes.js';
import { checkOptions } from './check.js';
import { ArgumentError } from './errors.js';
import { checkNetwork } from './network.js';
import { parseNpz, writeNpz } from './npy.js';
import { quote } from './quote.js';
import { describe, LAYERS } from './restore.js';
import { asRead, checkMetadata, writeSafetensors } from './safetensors.js';
import { checkOptimizer, collect, fill, optimizerSlots, ownSlots, torchSlots, weightsOf } from './slots.js';

/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./optimizers.js').Optimizer} Optimizer */
/** @typedef {import('./safetensors.js').SafetensorsFile} SafetensorsFile */

/** What the keys of a file's metadata begin with that are not the user's. */
const OURS = 'layerlens.';
const isOurs = (/** @type {string} */ key) => key.startsWith(OURS);

/** The one that names the optimiser. */
const OPTIMIZER = `${OURS}optimizer`;

// ---- safetensors ----------------------------------------------------------------------------------------------------------

/**
 * Saves a network as a safetensors file, with the names and the layout of a PyTorch `nn.Sequential` of `nn.Linear`: `0.weight`
 * (out, in), which is Wᵀ, and `0.bias` (out). From the file alone, `restoreNetwork` makes a sequential again.
 * @param {Network} net a sequential or a layer
 * @param {{ optimizer?: Optimizer, metadata?: Record<string, string> }} [options] optimizer: its state is saved too, as
 *   `optimizer.0.weight.exp_avg` and so on, with `optimizer.0.weight.step`; metadata: strings to keep in the file
 * @returns {Uint8Array<ArrayBuffer>} the file's bytes
 * @throws ArgumentError if net is no network, and for other options; StateError if net or the optimiser was disposed of
 * @example
 * import { load } from 'layerlens';
 * import { readSafetensors, saveSafetensors } from 'layerlens/formats';
 *
 * const ll = await load();
 * const { arrays } = readSafetensors(saveSafetensors(ll.affine([[1], [2]], [3])));
 * console.log(Object.keys(arrays), arrays.weight.shape); // [ 'weight', 'bias' ] [ 1, 2 ]
 */
export function saveSafetensors(net, options) {
  const where = 'saveSafetensors';
  checkNetwork(where, net);
  const { optimizer, metadata } = checkOptions(where, options, {
    optimizer: /** @type {Optimizer | undefined} */ (undefined),
    metadata: /** @type {Record<string, string>} */ ({}),
  });
  if (optimizer !== undefined) checkOptimizer(where, optimizer);
  checkMetadata(where, metadata);
  const taken = Object.keys(metadata).find(isOurs);
  if (taken) throw new ArgumentError(`${where}: metadata ${quote(taken)}: names that begin with ${OURS} are taken`);
  const slots = [...torchSlots(net), ...(optimizer ? optimizerSlots(net, optimizer) : [])];
  return writeSafetensors(collect(slots), {
    ...metadata,
    ...(net.layers && { [LAYERS]: JSON.stringify(describe(net.layers)) }),
    ...(optimizer && { [OPTIMIZER]: optimizer.name }),
  });
}

/**
 * Sets the weights of a network to those of a safetensors file, with names and layout as `saveSafetensors` and PyTorch write
 * them. F64, F16 and BF16 become float32. Nothing is overwritten unless the whole file is right.
 * @param {Uint8Array | ArrayBuffer | SafetensorsFile} file its bytes, or what `readSafetensors` has read
 * @param {Network} net
 * @param {{ optimizer?: Optimizer }} [options] optimizer: its state must be in the file and is set too; otherwise it is passed over
 * @returns {Record<string, string>} the metadata that was given to `saveSafetensors`; `readSafetensors` shows all of it
 * @throws FormatError if the file is damaged, or holds other names, shapes or types than the network has, or a number beyond
 *   float32; ArgumentError for other values; StateError if the network or the optimiser was disposed of; MemoryError
 */
export function loadSafetensors(file, net, options) {
  const where = 'loadSafetensors';
  checkNetwork(where, net);
  const { optimizer } = checkOptions(where, options, { optimizer: /** @type {Optimizer | undefined} */ (undefined) });
  if (optimizer !== undefined) checkOptimizer(where, optimizer);
  const { arrays, metadata } = asRead(where, file);
  if (!optimizer) {
    fill(where, torchSlots(net), weightsOf(arrays));
  } else if (metadata[OPTIMIZER] === optimizer.name) {
    fill(where, [...torchSlots(net), ...optimizerSlots(net, optimizer)], arrays);
  } else {
    const found = metadata[OPTIMIZER] === undefined ? 'no state' : `the state of ${quote(metadata[OPTIMIZER])}`;
    throw new FormatError(`${where}: expected the state of ${quote(optimizer.name)}, but the file has ${found}`);
  }
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !isOurs(key)));
}

// ---- npz ------------------------------------------------------------------------------------------------------------------

/**
 * Saves a network's weights as a .npz file for NumPy, with the names and the layout that they have here: `0.W` (in, out) and
 * `0.b` (out).
 * @param {Network} net a sequential or a layer
 * @returns {Uint8Array<ArrayBuffer>} the file's bytes
 * @throws ArgumentError if net is no network; StateError if it was disposed of
 * @example
 * import { load } from 'layerlens';
 * import { loadNpz, saveNpz } from 'layerlens/formats';
 *
 * const ll = await load();
 * const [taught, blank] = [ll.affine([[1], [2]], [3]), ll.affine(2, 1)];
 * loadNpz(saveNpz(taught), blank);
 * console.log(blank.W.toArray()); // [ [ 1 ], [ 2 ] ]
 */
export function saveNpz(net) {
  checkNetwork('saveNpz', net);
  return writeNpz(collect(ownSlots(net)));
}

/**
 * Sets the weights of a network to those of a .npz file with the same names and layout. Nothing is overwritten unless the whole
 * file is right.
 * @param {Uint8Array | ArrayBuffer} file its bytes
 * @param {Network} net
 * @throws as `loadSafetensors`
 */
export function loadNpz(file, net) {
  checkNetwork('loadNpz', net);
  fill('loadNpz', ownSlots(net), parseNpz('loadNpz', file));
}
