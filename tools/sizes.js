// Prints the sizes of what dist/ holds, and of what an app bundles of it; fails where a budget is exceeded.

import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes after gzip. A budget is raised only in a commit that says why. */
const budgets = { 'index.js': 18_432, 'formats.js': 14_080, 'threads.js': 20_736 };

/** @param {string} name @param {number} bytes @param {number} packed */
function print(name, bytes, packed) {
  const budget = budgets[/** @type {keyof typeof budgets} */ (name)];
  const note = budget ? `  of at most ${budget}` : '';
  console.log(`${name.padEnd(20)} ${String(bytes).padStart(8)} ${String(packed).padStart(8)}${note}`);
  if (packed > budget) {
    console.error(`layerlens: ${name} is larger than its budget`);
    process.exitCode = 1;
  }
}

const sizeOf = (/** @type {Uint8Array} */ bytes) => gzipSync(bytes, { level: 9 }).length;

const scripts = ['index.js', 'index.cjs', 'formats.js', 'reference.js', 'threads.js', 'element.js', 'bin/layerlens.js'];
const files = [...scripts, ...readdirSync('dist/wasm').map((file) => `wasm/${file}`)];
console.log('dist/                   bytes  gzipped');
for (const file of files) {
  const bytes = readFileSync(`dist/${file}`);
  print(file, bytes.length, sizeOf(bytes));
}

const app = `
  import { load } from 'layerlens';
  const ll = await load();
  document.title = String(ll.sigmoid().forward(ll.affine([[1], [2]], [3]).forward([[4, 5]])));`;
/** The app bundled by `esbuild --minify`, without `external`. @param {string[]} external */
async function bundle(...external) {
  const stdin = { contents: app, resolveDir: '.' };
  const { outputFiles } = await build({ stdin, external, bundle: true, minify: true, format: 'esm', write: false });
  return outputFiles[0].contents;
}
const [whole, own] = await Promise.all([bundle(), bundle('layerlens')]);
print('in an app', whole.length - own.length, sizeOf(whole) - sizeOf(own));
