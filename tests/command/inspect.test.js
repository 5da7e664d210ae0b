// `layerlens inspect`: files of layerlens and of others.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSync } from 'layerlens';
import { saveNpz, saveSafetensors, writeNpy, writeSafetensors } from 'layerlens/formats';
import { folder, run, succeed, train } from './harness.js';

const write = (/** @type {string} */ name, /** @type {Uint8Array} */ content) => writeFileSync(join(folder, name), content);
const ll = loadSync();
const net = ll.sequential(ll.affine([[1, 2, 3], [4, 5, 6]], [0.5, 0.25, 0]), ll.sigmoid());

test('a network: its layers, its tensors with their statistics, its metadata', async () => {
  write('net', saveSafetensors(net, { metadata: { note: 'first' } }));
  const { stdout, stderr } = await succeed(['inspect', 'net']);
  assert.equal(stderr, '');
  assert.match(stdout, /^net: safetensors, 2 tensors, 9 numbers, \d+ bytes\n/);
  assert.ok(stdout.includes(`\n\n${net.summary()}\n\n`), stdout);
  assert.match(stdout, /^tensor +dtype +shape +min +max +mean +std$/m);
  assert.match(stdout, /^0\.weight +F32 +\(3, 2\) +1 +6 +3\.500 +1\.708$/m); // std of 1 … 6 is √(35/12)
  assert.match(stdout, /^0\.bias +F32 +\(3\) +0 +0\.5000 +0\.2500 +0\.2041$/m);
  assert.match(stdout, /^note +first$/m);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('a network of layerlens train: weights first, then what the optimizer keeps', async () => {
  await train('--epochs', '1', '--out', 'trained');
  const { stdout } = await succeed(['inspect', 'trained']);
  const names = [...stdout.matchAll(/^(\S+) +F\d\d /gm)].map(([, name]) => name);
  assert.deepEqual(names.slice(0, 4), ['0.weight', '0.bias', '2.weight', '2.bias']);
  assert.ok(names.slice(4).every((name) => name.startsWith('optimizer.')) && names.length > 4, names.join());
  assert.match(stdout, /^training\.data +\{"columns":4,/m);
});

test('npz and npy', async () => {
  write('net.npz', saveNpz(net));
  const npz = (await succeed(['inspect', 'net.npz'])).stdout;
  assert.match(npz, /^net\.npz: npz, 2 tensors, 9 numbers, .*^0\.W +F32 +\(2, 3\) +1 +6 +3\.500 /ms);
  write('ints.npy', writeNpy({ shape: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) }));
  const npy = (await succeed(['inspect', 'ints.npy'])).stdout;
  assert.match(npy, /^ints\.npy: npy, 1 tensor, 4 numbers, .*^array +I64 +\(2, 2\) +1 +4 +2\.500 +1\.118$/ms);
});

test("a file of others; NaN and infinity are warned of; control characters don't reach the terminal", async () => {
  const arrays = {
    'a\x1b[31m': { shape: [4], data: Float32Array.of(1, NaN, 3, Infinity) },
    empty: { shape: [0], data: new Float32Array(0) },
    small: { shape: [], data: Float64Array.of(-1.5e-7) },
  };
  write('foreign', writeSafetensors(arrays, { '\x1b]0;title\x07': 'line\nline' }));
  const { stdout, stderr } = await succeed(['inspect', 'foreign']);
  assert.match(stdout, /^a \[31m +F32 +\(4\) +1 +3 +2 +1$/m);
  assert.match(stdout, /^empty +F32 +\(0\)$/m);
  assert.match(stdout, /^small +F64 +\(\) +-1\.50e-7 +-1\.50e-7 +-1\.50e-7 +0$/m);
  assert.match(stdout, /^ \]0;title +line line$/m);
  assert.equal(stderr, 'layerlens: foreign: a [31m: 2 of 4 numbers are NaN or infinite\n');
  assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]/u);
});

test('it says what is wrong with a file', async () => {
  write('junk', Buffer.from('junk'));
  write('cut.npz', saveNpz(net).subarray(0, 100));
  const wrong = {
    junk: /^layerlens: junk: safetensors: /,
    'cut.npz': /^layerlens: cut\.npz: /,
    '.': /^layerlens: \.: illegal operation on a directory\n/,
  };
  for (const [file, message] of Object.entries(wrong)) {
    const { code, stdout, stderr } = await run(['inspect', file]);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, message);
  }
});
