// The implementations that stand side by side.

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} title
 * @property {string} peer the module in peers/ that holds it
 * @property {string[]} [options] for the module's `start`: of several ways to do it the fastest is shown
 * @property {boolean} [unchecked] it computes no result
 */

/** @type {Column[]} */
export const columns = [
  { id: 'simd', title: 'simd', peer: 'layerlens', options: ['simd'] },
  { id: 'relaxed', title: 'relaxed', peer: 'layerlens', options: ['relaxed'] },
  { id: 'threads', title: '2 threads', peer: 'layerlens', options: ['threads'] },
  { id: 'tfjs', title: 'TensorFlow.js', peer: 'tfjs', options: ['', 'unfused'] },
  { id: 'tfjsByHand', title: 'TF.js by hand', peer: 'tfjs-by-hand' },
  { id: 'onnx', title: 'ONNX Runtime', peer: 'onnx' },
  { id: 'plain', title: 'plain JavaScript', peer: 'plain', options: ['byRow', 'byElement'] },
  { id: 'numpy', title: 'NumPy', peer: 'numpy_peer.py' },
  { id: 'peakSimd', title: 'peak of mul + add', peer: 'peak', options: ['simd'], unchecked: true },
  { id: 'peakRelaxed', title: 'peak of fused', peer: 'peak', options: ['relaxed'], unchecked: true },
];
