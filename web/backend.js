// What computes: the fastest kernels that the engine accepts, or else the reference in plain JavaScript.

import { load } from 'layerlens';
import { reference } from 'layerlens/reference';

/** @typedef {import('layerlens').Runtime} Runtime */

const names = /** @type {const} */ (['relaxed', 'simd', 'scalar', 'reference']);

/** The kernels for engines without SIMD are a file of their own, which others don't load. */
async function loadScalar() {
  const response = await fetch(new URL('../dist/wasm/scalar.wasm', import.meta.url));
  return load({ variant: 'scalar', module: await response.arrayBuffer() });
}

/**
 * @param {string | null} wanted one of the names, to look at it; anything else takes the fastest
 * @returns {Promise<Runtime>} The reference isn't one, but has all of it that the scenes use, besides training.
 */
export async function loadBackend(wanted) {
  const found = names.find((name) => name === wanted);
  const computing = /** @type {Runtime} */ (/** @type {unknown} */ (reference));
  if (found === 'reference') return computing;
  try {
    return await (found === 'scalar' ? loadScalar() : load({ variant: found ?? 'auto' }));
  } catch {
    return loadScalar().catch(() => computing);
  }
}
