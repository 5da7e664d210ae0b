// The examples for Node and Python do what they say.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { load } from 'layerlens';
import { loadNpz } from 'layerlens/formats';

import { interpreter } from '../python.js';

const run = promisify(execFile);
const path = (name) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

/** Runs an example, in a folder of its own. */
async function example(name, ...args) {
  const folder = await mkdtemp(join(tmpdir(), 'layerlens-'));
  try {
    const { stdout } = await run(process.execPath, [path(name), ...args], { cwd: folder });
    return { folder, output: stdout.trim() };
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}

test('mnist: 1,000 iterations read at least 85 % of the digits held out', async () => {
  const { folder, output } = await example('mnist.mjs', '1000');
  await rm(folder, { recursive: true });
  assert.ok(Number(output) >= 0.85 && Number(output) <= 1, output);
});

test('iris: at least 96 % of the flowers that were held out; NumPy opens the network and computes the same', async () => {
  const { folder, output } = await example('iris.mjs');
  try {
    assert.ok(Number(output) >= 0.96 && Number(output) <= 1, output);

    const ll = await load();
    const net = ll.sequential(ll.affine(4, 10), ll.sigmoid(), ll.affine(10, 3));
    loadNpz(await readFile(join(folder, 'iris.npz')), net);
    const expected = net.forward([[-1, 1, -1.3, -1.3], [0, 0, 0, 0], [1, 0, 1, 1.3]]).toArray().flat();
    const { stdout } = await run(interpreter(), [path('iris.py')], { cwd: folder });
    const scores = stdout.trim().split(/\s+/).map(Number);
    assert.equal(scores.length, 9);
    scores.forEach((score, i) => assert.ok(Math.abs(score - expected[i]) < 1e-5, `${i}: ${score}, expected ${expected[i]}`));
  } finally {
    await rm(folder, { recursive: true });
  }
});
