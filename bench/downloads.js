// What a browser has to load for a first result: the files that each library publishes for it.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [tfjs, ort] = ['node_modules/@tensorflow', 'node_modules/onnxruntime-web/dist'];
const backend = `${tfjs}/tfjs-backend-wasm/dist`;
const tfjsBackend = [`${backend}/tf-backend-wasm.min.js`, `${backend}/tfjs-backend-wasm-simd.wasm`];

export const files = {
  layerlens: ['../dist/index.js'],
  'TensorFlow.js, tfjs-core': [`${tfjs}/tfjs-core/dist/tf-core.min.js`, ...tfjsBackend],
  'TensorFlow.js': [`${tfjs}/tfjs/dist/tf.min.js`, ...tfjsBackend],
  'ONNX Runtime': [`${ort}/ort.wasm.min.mjs`, `${ort}/ort-wasm-simd-threaded.mjs`, `${ort}/ort-wasm-simd-threaded.wasm`],
};

/** @returns {Record<string, number>} bytes after gzip */
export const downloads = () =>
  Object.fromEntries(Object.entries(files).map(([name, paths]) => [name, paths.reduce((sum, path) => sum + packed(path), 0)]));

const packed = (/** @type {string} */ path) => gzipSync(readFileSync(new URL(path, import.meta.url)), { level: 9 }).length;
