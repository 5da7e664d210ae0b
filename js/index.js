/**
 * The public names of `layerlens`.
 * @module layerlens
 */

export { load, loadSync } from './load.js';
export * from './classes.js';

/** @typedef {import('./load.js').LoadOptions} LoadOptions */
