// The public names of `layerlens`.

export { load, loadSync } from './load.js';
export * from './classes.js';

/** @typedef {import('./load.js').LoadOptions} LoadOptions */
