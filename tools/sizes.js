// Prints the sizes of what dist/ holds; fails where a file exceeds its budget.

import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Bytes after gzip. A budget is raised only in a commit that says why. */
const budgets = { 'index.js': 18_432, 'formats.js': 14_080, 'threads.js': 20_736 };

const scripts = ['index.js', 'index.cjs', 'formats.js', 'reference.js', 'threads.js', 'element.js', 'bin/layerlens.js'];
const files = [...scripts, ...readdirSync('dist/wasm').map((file) => `wasm/${file}`)];
console.log('dist/                   bytes  gzipped');
for (const file of files) {
  const bytes = readFileSync(`dist/${file}`);
  const packed = gzipSync(bytes, { level: 9 }).length;
  const budget = budgets[/** @type {keyof typeof budgets} */ (file)];
  const note = budget ? `  of at most ${budget}` : '';
  console.log(`${file.padEnd(20)} ${String(bytes.length).padStart(8)} ${String(packed).padStart(8)}${note}`);
  if (packed > budget) {
    console.error(`layerlens: ${file} is larger than its budget`);
    process.exitCode = 1;
  }
}
