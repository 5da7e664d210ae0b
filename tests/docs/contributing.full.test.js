// CONTRIBUTING.md's five steps, taken in a copy of the repository: it builds, and the new layer passes its tests.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { apply, editsIn } from './steps.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

test('five steps add a layer', async (t) => {
  const copy = await mkdtemp(join(tmpdir(), 'layerlens-'));
  t.after(() => rm(copy, { recursive: true }));
  const run = async (/** @type {string} */ file, /** @type {string[]} */ ...args) => {
    // Of this run of tests, node would tell the inner one, which would then write for a program instead of a reader.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const options = { cwd: copy, env, maxBuffer: 2 ** 26 };
    const failed = ({ stdout, stderr }) => assert.fail(`${file} ${args.join(' ')}:\n${stdout}${stderr}`);
    return (await execute(file, args, options).catch(failed)).stdout;
  };

  const { stdout } = await execute('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.trim().split('\n')) await cp(join(root, file), join(copy, file));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const edit of editsIn(await readFile(join(root, 'CONTRIBUTING.md'), 'utf8'))) {
    const path = join(copy, edit.path);
    await writeFile(path, edit.find === '' ? edit.replace : apply(await readFile(path, 'utf8'), edit));
  }

  // Not `make build`, which would hold the layer against the budgets of the package. -o: the copy has the packages already.
  await run('make', '-o', 'node_modules/.package-lock.json', 'dist/index.js', 'dist/types/index.d.ts');
  const script = `
    import { load } from 'layerlens';
    import { restoreNetwork, saveSafetensors, toOnnx } from 'layerlens/formats';
    import { reference } from 'layerlens/reference';
    const ll = await load();
    const net = restoreNetwork(ll, saveSafetensors(ll.sequential(ll.softsign())));
    const model = Buffer.from(toOnnx(net)).toString('latin1').includes('Softsign');
    const check = reference.gradientCheck(net, [[-3, 0.5, 1]], [[1, 1, 1]]);
    console.log(JSON.stringify([...net.forward([-1, 0, 3]).data, net.label, model, check.ok]));`;
  const found = JSON.parse(await run(process.execPath, '--input-type=module', '--eval', script));
  assert.deepEqual(found, [-0.5, 0, 0.75, 'sequential(softsign)', true, true]);

  const api = ['gradients', 'input', 'trace'].map((name) => `api/${name}.test.js`);
  const output = await run(process.execPath, 'tests/run.js', 'kernels', ...api, 'formats/safetensors.test.js', 'threads/bits.test.js');
  for (const kernel of ['softsign_forward', 'softsign_backward']) assert.match(output, new RegExp(kernel), `${kernel} was tested`);
});
