// Obtains the kernels: chooses a build that the engine accepts, compiles it, and gives a runtime.

import { relaxed, simd } from './embedded.js';
import { checkOptions, show } from './check.js';
import { explain, pick } from './engine.js';
import { ArgumentError, LoadError } from './errors.js';
import { checkKernels, variants } from './kernels.js';
import { Runtime } from './runtime.js';

/** @typedef {import('./kernels.js').Variant} Variant */

/**
 * @typedef {object} LoadOptions
 * @property {'auto' | Variant} [variant] `auto`, the default, is the fastest that this engine accepts: `relaxed`, where a
 *   processor may differ from another in the last bits, or `simd`. `scalar` must come as a `module`.
 * @property {WebAssembly.Module | BufferSource} [module] a module of layerlens, or its bytes, in place of the embedded ones
 */

/**
 * What to compile.
 * @param {LoadOptions | undefined} options
 * @returns {{ source: WebAssembly.Module | BufferSource, wanted: 'auto' | Variant }}
 */
function choose(options) {
  const { variant, module } = checkOptions('load', options, {
    variant: /** @type {'auto' | Variant} */ ('auto'),
    module: /** @type {WebAssembly.Module | BufferSource | undefined} */ (undefined),
  });
  if (variant !== 'auto' && !variants.includes(variant)) {
    throw new ArgumentError(`load: variant must be 'auto', 'relaxed', 'simd' or 'scalar', got ${show(variant)}`);
  }
  if (typeof WebAssembly !== 'object') {
    throw new LoadError('load: this engine has no WebAssembly; layerlens/reference computes without it');
  }
  if (module !== undefined) {
    // By name, since they may come from another realm.
    const kind = Object.prototype.toString.call(module).slice(8, -1);
    if (kind !== 'WebAssembly.Module' && kind !== 'ArrayBuffer' && !ArrayBuffer.isView(module)) {
      throw new ArgumentError(`load: module must be a WebAssembly.Module or its bytes, got ${show(module)}`);
    }
    return { source: module, wanted: variant };
  }
  if (variant === 'scalar') {
    throw new ArgumentError("load: the scalar kernels aren't embedded: pass layerlens/wasm/scalar.wasm as module");
  }
  return { source: pick(variant, { relaxed, simd }), wanted: variant };
}

/**
 * @param {WebAssembly.Instance} instance
 * @param {'auto' | Variant} wanted
 */
function start(instance, wanted) {
  const runtime = new Runtime(checkKernels(instance.exports));
  if (wanted !== 'auto' && wanted !== runtime.variant) {
    throw new LoadError(`load: the variant ${wanted} was asked for, but this module is ${runtime.variant}`);
  }
  return runtime;
}

/** @param {object} source @returns {source is WebAssembly.Module} */
const isCompiled = (source) => !('byteLength' in source);

/**
 * Compiles the kernels and gives a runtime, the object that makes tensors and layers. Each call gives an independent one.
 * @param {LoadOptions} [options]
 * @returns {Promise<Runtime>}
 * @throws LoadError without WebAssembly or SIMD, under a Content-Security-Policy without `'wasm-unsafe-eval'`, for a module
 *   that isn't ours; ArgumentError for other options
 * @example
 * import { load } from 'layerlens';
 *
 * const ll = await load();
 * console.log(String(ll.sigmoid().forward([0, 1]))); // [0.5       0.7310586]
 */
export async function load(options) {
  const { source, wanted } = choose(options);
  try {
    const module = isCompiled(source) ? source : await WebAssembly.compile(source);
    return start(await WebAssembly.instantiate(module), wanted);
  } catch (error) {
    throw explain(error);
  }
}

/**
 * `load` at once. Chrome before version 115 refuses it on the main thread, where `load` works.
 * @param {LoadOptions} [options]
 * @returns {Runtime}
 * @throws as `load`
 * @example
 * const { loadSync } = require('layerlens');
 *
 * console.log(loadSync().relu().forward([-1, 2]).toArray()); // [ 0, 2 ]
 */
export function loadSync(options) {
  const { source, wanted } = choose(options);
  try {
    const module = isCompiled(source) ? source : new WebAssembly.Module(source);
    return start(new WebAssembly.Instance(module), wanted);
  } catch (error) {
    throw explain(error);
  }
}
