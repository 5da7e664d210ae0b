// The public names of `layerlens`.

export { Affine } from './affine.js';
export { ArgumentError, LoadError, MemoryError, ShapeError, StateError } from './errors.js';
export { Layer } from './layer.js';
export { load, loadSync } from './load.js';
export { Runtime } from './runtime.js';
export { Sequential } from './sequential.js';
export { Tensor } from './tensor.js';
export { trace } from './trace.js';
