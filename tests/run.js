// Runs the tests below this folder, or those of the folders and files that are named: node tests/run.js kernels api/tensor.test.js
// What takes minutes, *.full.test.js, runs only where the file itself is named.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const named = (/** @type {string} */ file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name));
const files = readdirSync(here, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.includes(file) || (!file.endsWith('.full.test.js') && named(file)))
  .sort();
if (files.length === 0) {
  console.error(`no tests in ${wanted.join(', ')}`);
  process.exit(1);
}

// Node 20 has relaxed SIMD behind a flag; later versions have it without, and don't know the flag.
const relaxed = WebAssembly.validate(readFileSync(new URL('../dist/wasm/relaxed.wasm', import.meta.url)));
const flags = relaxed ? [] : ['--experimental-wasm-relaxed-simd'];

const args = [...flags, '--test', '--test-reporter=spec', ...files.map((file) => here + file)];
const child = spawn(process.execPath, args, { stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
