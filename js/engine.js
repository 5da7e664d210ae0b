// What the engine accepts, and what its refusals mean.

import { LoadError } from './errors.js';

/** @typedef {import('./kernels.js').Variant} Variant */

/**
 * @param {string} text two letters for each byte, a to p: the four high bits, and the four low ones
 * @returns {Uint8Array<ArrayBuffer>}
 */
const bytesOf = (text) =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => 16 * text.charCodeAt(2 * i) + text.charCodeAt(2 * i + 1) - 17 * 97);

/**
 * @param {'auto' | Variant} variant
 * @param {{ relaxed: string, simd: string }} embedded the builds as text, the fastest first
 * @returns {Uint8Array<ArrayBuffer>} the first one that is wanted and that the engine accepts
 */
export function pick(variant, embedded) {
  for (const [candidate, text] of Object.entries(embedded)) {
    const bytes = bytesOf(text);
    if ((variant === 'auto' || variant === candidate) && WebAssembly.validate(bytes)) return bytes;
  }
  throw new LoadError(
    variant === 'relaxed'
      ? "load: this engine has no relaxed SIMD; the variant 'simd' may run"
      : 'load: this engine has no WebAssembly SIMD; pass layerlens/wasm/scalar.wasm as module, or use layerlens/reference',
  );
}

/**
 * @param {unknown} error of the engine, at compiling or instantiating
 * @returns {LoadError}
 */
export function explain(error) {
  if (error instanceof LoadError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const hint = /CSP|content.security|disallowed by embedder/i.test(reason)
    ? "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src"
    : 'the engine refuses this module';
  return new LoadError(`load: ${hint} (${reason})`, { cause: error });
}
