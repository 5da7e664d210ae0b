// The page: served by `make dev`, built by `make site` with tools/site.js. Addresses are relative, so that it works below any path.

import { fileURLToPath } from 'node:url';
import { lines } from '../tools/lines.js';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** With these a page is isolated from others, and may share memory between threads. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default {
  base: './',
  resolve: {
    alias: { 'layerlens/reference': here('../dist/reference.js'), layerlens: here('../dist/index.js') },
  },
  plugins: [lines()],
  define: { LANGUAGE: 'document.documentElement.lang' }, // known when a page is built: tools/site.js
  server: { host: '127.0.0.1', headers, fs: { allow: [here('..')] } },
  preview: { host: '127.0.0.1', headers },
  build: {
    outDir: here('../site'),
    emptyOutDir: true,
    license: { fileName: 'licenses.md' }, // of what is bundled: the page is published
  },
};
