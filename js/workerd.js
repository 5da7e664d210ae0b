// What `layerlens` is in workerd, the runtime of Cloudflare Workers: it compiles WebAssembly only from files that are imported.

import relaxed from './wasm/relaxed.wasm';
import simd from './wasm/simd.wasm';
import * as layerlens from './index.js';

export * from './index.js';

/** @typedef {import('./load.js').LoadOptions} LoadOptions */

/** @type {Record<string, WebAssembly.Module>} */
const modules = { auto: relaxed, relaxed, simd };

/** @param {LoadOptions} [options] */
const withModule = (options) => ({ ...options, module: options?.module ?? modules[options?.variant ?? 'auto'] });

/** @param {LoadOptions} [options] */
export const load = (options) => layerlens.load(withModule(options));

/** @param {LoadOptions} [options] */
export const loadSync = (options) => layerlens.loadSync(withModule(options));
