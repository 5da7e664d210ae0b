/// <reference lib="esnext.disposable" preserve="true" />
// The public names that `layerlens` and `layerlens/threads` have in common.

export { Affine } from './affine.js';
export { ArgumentError, LoadError, MemoryError, ShapeError, StateError } from './errors.js';
export { Layer } from './layer.js';
export { Loss, MeanSquaredError, SoftmaxCrossEntropy } from './losses.js';
export { Optimizer } from './optimizers.js';
export { Runtime } from './runtime.js';
export { Sequential } from './sequential.js';
export { Tensor } from './tensor.js';
export { trace } from './trace.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./kernels.js').Variant} Variant */
/** @typedef {import('./layer.js').Parameter} Parameter */
/** @typedef {import('./optimizers.js').OptimizerState} OptimizerState */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */
/** @typedef {import('./tensor.js').Vector} Vector */
/** @typedef {import('./trace.js').Cell} Cell */
/** @typedef {import('./trace.js').Step} Step */
/** @typedef {import('./train.js').Progress} Progress */
/** @typedef {import('./train.js').TrainOptions} TrainOptions */
