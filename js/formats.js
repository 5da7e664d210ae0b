/**
 * The public names of `layerlens/formats`: networks and arrays as files that other programs read and write.
 * @module layerlens/formats
 */

export { FormatError } from './bytes.js';
export { loadNpz, loadSafetensors, saveNpz, saveSafetensors } from './checkpoint.js';
export { readNpy, readNpz, writeNpy, writeNpz } from './npy.js';
export { toOnnx } from './onnx.js';
export { restoreNetwork } from './restore.js';
export { readSafetensors, writeSafetensors } from './safetensors.js';

/** @typedef {import('./elements.js').Integers} Integers */
/** @typedef {import('./elements.js').NamedArray} NamedArray */
/** @typedef {import('./elements.js').Numbers} Numbers */
/** @typedef {import('./elements.js').StoredArray} StoredArray */
/** @typedef {import('./network.js').Network} Network */
/** @typedef {import('./network.js').TensorData} TensorData */
/** @typedef {import('./safetensors.js').SafetensorsFile} SafetensorsFile */
