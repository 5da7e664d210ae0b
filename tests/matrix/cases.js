// Where the package is tried, and how.

import { esbuild, rollup, viteBuild, viteServer, webpack } from './bundlers.js';
import { framework } from './frameworks.js';
import { allowed, noBuild, refused, secondOrigin } from './pages.js';
import { bun, bunCompile, deno, node, workerd } from './runtimes.js';
import { types } from './types.js';

/**
 * @typedef {object} Case
 * @property {string} environment
 * @property {string} [tool] the package that brings it; otherwise `run` gives the version
 * @property {string} tried
 * @property {(project: import('./project.js').Project) => Promise<unknown>} run in a fresh project with the packed package
 * @property {boolean} [quick] whether `make test` tries it, too
 */

const page = 'page, Web Worker, posted module';
const inNode = 'import, require, worker_threads, posted module, threads; a bare import prints nothing and leaves nothing open';
const strict = 'strict, without skipLibCheck';
const policy = "default-src 'none'; script-src 'self'";

/** @type {Case[]} */
export const cases = [
  ...['node-20', 'node-22'].map((tool) => ({ environment: 'Node.js', tool, tried: inNode, run: node(tool) })),
  ...['node-24', 'node-26'].map((tool) => ({ environment: 'Node.js', tool, tried: `${inNode}; \`using\``, run: node(tool, { using: true }) })),
  { environment: 'Deno', tool: 'deno', tried: 'without permissions; `using`', run: deno },
  { environment: 'Bun', tool: 'bun', tried: 'import, require, `using`', run: bun },
  { environment: 'Bun', tool: 'bun', tried: '`--compile`, run from another folder', run: bunCompile },
  { environment: 'workerd', tool: 'workerd', tried: 'compatibility date 2025-08-15', run: workerd },

  { environment: 'Chromium', tried: `no build step: ${page}, threads`, run: noBuild, quick: true },
  { environment: 'Chromium', tried: `from a second origin without a MIME type for wasm: ${page}`, run: secondOrigin, quick: true },
  { environment: 'Chromium', tried: `under \`${policy} 'wasm-unsafe-eval'\``, run: allowed(`${policy} 'wasm-unsafe-eval'`), quick: true },
  { environment: 'Chromium', tried: `refused under \`${policy}\`, by a message that names the keyword`, run: refused(policy), quick: true },

  ...['vite-5', 'vite-6', 'vite-7', 'vite'].flatMap((tool) => [
    { environment: 'Vite', tool, tried: `dev server: ${page}`, run: viteServer(tool), quick: tool === 'vite' },
    { environment: 'Vite', tool, tried: `build: ${page}, threads`, run: viteBuild(tool), quick: tool === 'vite' },
  ]),
  { environment: 'webpack', tool: 'webpack', tried: `development: ${page}, threads`, run: webpack('development') },
  { environment: 'webpack', tool: 'webpack', tried: `production: ${page}, threads`, run: webpack('production') },
  { environment: 'Rollup', tool: 'rollup', tried: `with node-resolve: ${page}, threads`, run: rollup },
  { environment: 'esbuild', tool: 'esbuild', tried: `the worker an entry of its own: ${page}, threads`, run: esbuild, quick: true },

  ...['typescript-5.7', 'typescript', 'typescript-7'].flatMap((tool) => [
    { environment: 'TypeScript', tool, tried: `nodenext: ${strict}`, run: types(tool, 'nodenext'), quick: tool === 'typescript' },
    { environment: 'TypeScript', tool, tried: `node16 and bundler: ${strict}`, run: types(tool, 'node16', 'bundler') },
  ]),
  { environment: 'TypeScript', tool: 'typescript-5.7', tried: `node10: ${strict}`, run: types('typescript-5.7', 'node10') },

  { environment: 'React', tried: 'component built by Vite, clicked, rendered on a server', run: framework('react') },
  { environment: 'Vue', tried: 'component built by Vite, clicked, rendered on a server', run: framework('vue') },
  { environment: 'Svelte', tried: 'component built by Vite, clicked, rendered on a server', run: framework('svelte') },
];
