// The package as its users get it: packed, installed and imported; tests/matrix has the environments.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { install } from './install.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

/** @type {Awaited<ReturnType<typeof install>>} */
let project;
before(async () => {
  project = await install();
});
after(() => project.remove());

/** A pass through two layers, for every kind of module. */
const pass = `
  const affine = ll.affine([[1, 2, 3], [4, 5, 6]], [0, 1, 2]);
  const sigmoid = ll.sigmoid();
  const y = sigmoid.forward(affine.forward([[0, 0], [1, -1]]));
  const dx = affine.backward(sigmoid.backward([[1, 0, 0], [0, 1, 0]]));
  const numbers = [y, dx, affine.dW, affine.db].map((tensor) => tensor.toArray());
`;

/** A network through each kind of file and back. */
const roundTrip = `
  const net = ll.sequential(ll.affine([[1, 2], [3, 4]], [5, 6]), ll.relu());
  const restored = restoreNetwork(ll, saveSafetensors(net));
  loadNpz(saveNpz(net), restored);
  const saved = [restored.label, restored.parameters[0].value.toArray(), toOnnx(net)[0]];
`;
const formatNames = 'loadNpz, restoreNetwork, saveNpz, saveSafetensors, toOnnx';
const savedExpected = ['sequential(affine(2, 2), relu)', [[1, 2], [3, 4]], 8];

/** The same numbers from their formulas, to 6 places: none is above 1, and float32 has 7 digits. */
function assertNumbers(numbers) {
  const s = (x) => 1 / (1 + Math.exp(-x));
  const slope = (x) => s(x) * (1 - s(x));
  const expected = [
    [[s(0), s(1), s(2)], [s(-3), s(-2), s(-1)]],
    [[slope(0), 4 * slope(0)], [2 * slope(-2), 5 * slope(-2)]],
    [[0, slope(-2), 0], [0, -slope(-2), 0]],
    [slope(0), slope(-2), 0],
  ];
  const round = (list) => (Array.isArray(list) ? list.map(round) : Math.round(list * 1e6) / 1e6 + 0);
  assert.deepEqual(round(numbers), round(expected));
}

test('the tarball holds what is published, and nothing else', async () => {
  const paths = project.files;
  const published = [
    /^(package\.json|LICENSE|README(\.zh)?\.md|CHANGELOG\.md)$/,
    /^dist\/((index|formats|reference|threads|element)\.c?js|workerd\.js)(\.map)?$/,
    /^dist\/bin\/(layerlens\.js|licenses\.txt)$/,
    /^site\/((zh\/)?index\.html|licenses\.md|service-worker\.js)$/,
    /^site\/assets\/[\w-]+\.(js|css|wasm)$/,
    /^dist\/wasm\/(scalar|simd|relaxed)\.wasm$/,
    /^dist\/types\/[\w-]+\.d\.c?ts$/,
  ];
  assert.deepEqual(paths.filter((path) => !published.some((pattern) => pattern.test(path))), []);

  const { exports, main, module, types, bin, ...manifest } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets));
  for (const target of [...targets(exports), ...targets(bin), main, module, types].map((path) => path.replace('./', ''))) {
    const found = paths.some((path) => path === target || (target.endsWith('*') && path.startsWith(target.slice(0, -1))));
    assert.ok(found, `${target} is missing`);
  }
  for (const variant of ['scalar', 'simd', 'relaxed']) assert.ok(paths.includes(`dist/wasm/${variant}.wasm`), variant);
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
    assert.equal(manifest[kind], undefined, kind);
  }
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts?.[script], undefined, script);
});

test('what is bundled comes with its licence', async () => {
  for (const [file, names] of Object.entries({
    'site/licenses.md': ['lit-html', 'd3-array', 'd3-contour'],
    'dist/bin/licenses.txt': ['commander', 'papaparse', 'valibot'],
  })) {
    const text = await readFile(join(project.folder, 'node_modules/layerlens', file), 'utf8');
    for (const name of names) assert.match(text, new RegExp(`^(## )?${name}\\b`, 'm'), file);
    assert.match(text, /permission/i, file);
  }
});

test('no file in it names a folder of this machine', async () => {
  const folders = [repository, `${homedir()}/`, `${tmpdir()}/`];
  for (const file of project.files) {
    const text = await readFile(join(project.folder, 'node_modules/layerlens', file), 'latin1');
    for (const folder of folders) assert.ok(!text.includes(folder), `${file} has ${folder}`);
  }
});

test('ES modules and CommonJS: a pass forward and backward', async () => {
  const scripts = {
    'main.mjs': `
      import { load, Tensor } from 'layerlens';
      import { ${formatNames} } from 'layerlens/formats';
      import { reference } from 'layerlens/reference';
      const ll = await load();
      ${roundTrip}
      const results = [];
      for (const ll of [await load(), reference]) { ${pass} results.push(numbers); }
      console.log(JSON.stringify({ results, saved, instance: ll.zeros([1]) instanceof Tensor }));`,
    'main.cjs': `
      const { loadSync, Tensor } = require('layerlens');
      const { ${formatNames} } = require('layerlens/formats');
      const { reference } = require('layerlens/reference');
      const ll = loadSync();
      ${roundTrip}
      const results = [];
      for (const ll of [loadSync(), reference]) { ${pass} results.push(numbers); }
      console.log(JSON.stringify({ results, saved, instance: ll.zeros([1]) instanceof Tensor }));`,
    'threads.mjs': `
      import { load, Tensor } from 'layerlens/threads';
      const ll = await load({ threads: 2 });
      ${pass}
      console.log(JSON.stringify({ results: [numbers], instance: ll.zeros([1]) instanceof Tensor }));`,
    'threads.cjs': `
      const { load, Tensor } = require('layerlens/threads');
      load({ threads: 2 }).then((ll) => {
        ${pass}
        console.log(JSON.stringify({ results: [numbers], instance: ll.zeros([1]) instanceof Tensor }));
      });`,
    'scalar.mjs': `
      import { readFileSync } from 'node:fs';
      import { loadSync } from 'layerlens';
      const bytes = readFileSync(new URL(import.meta.resolve('layerlens/wasm/scalar.wasm')));
      const ll = loadSync({ variant: 'scalar', module: bytes });
      ${pass}
      console.log(JSON.stringify({ results: [numbers], instance: ll.variant === 'scalar' }));`,
  };
  for (const [script, code] of Object.entries(scripts)) {
    const { results, saved = savedExpected, instance } = JSON.parse(await project.node(script, code));
    results.forEach(assertNumbers);
    assert.deepEqual(saved, savedExpected, script);
    assert.equal(instance, true, script);
  }
  const { stdout } = await execute('npm', ['ls', '--all', '--json'], { cwd: project.folder });
  const { dependencies } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(dependencies), ['layerlens']);
  assert.equal(dependencies.layerlens.dependencies, undefined, 'it brings no other package');
  await assert.rejects(project.node('inside.cjs', "require('layerlens/js/tensor.js')"), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

test("instanceof knows the errors of every entry, imported or required, by each entry's classes", async () => {
  const names = ['ArgumentError', 'LoadError', 'MemoryError', 'ShapeError', 'StateError'];
  const printed = await project.node(
    'errors.mjs',
    `
    import { createRequire } from 'node:module';
    import * as main from 'layerlens';
    import * as formats from 'layerlens/formats';
    import { reference } from 'layerlens/reference';
    import * as threads from 'layerlens/threads';
    const require = createRequire(import.meta.url);
    const [required, requiredFormats, requiredThreads] = ['', '/formats', '/threads'].map((entry) => require('layerlens' + entry));
    const thrown = (call) => { try { call(); } catch (error) { return error; } };

    const entries = { main, threads, required, requiredThreads };
    const errors = {
      formats: thrown(() => formats.saveNpz()),
      requiredFormats: thrown(() => requiredFormats.saveNpz()),
      reference: thrown(() => reference.affine('W', 'b')),
      main: thrown(() => main.loadSync({ variant: 'fast' })),
      requiredThreads: new requiredThreads.ArgumentError('a message'),
    };
    for (const [entry, classes] of Object.entries(entries)) {
      for (const [source, error] of Object.entries(errors)) {
        const fits = ${JSON.stringify(names)}.filter((name) => error instanceof classes[name]);
        if (fits.join() !== 'ArgumentError' || !(error instanceof TypeError)) console.log(source, 'by', entry, fits.join());
      }
      for (const other of [undefined, null, 1, {}, new Error('a message'), new TypeError('a message')]) {
        if (other instanceof classes.ArgumentError) console.log(entry, other);
      }
    }
    const damaged = thrown(() => requiredFormats.readNpy(new Uint8Array(3)));
    console.log(damaged instanceof formats.FormatError, damaged instanceof main.ArgumentError);
    class Narrower extends main.ShapeError {}
    console.log(new Narrower('') instanceof main.ShapeError, new Narrower('') instanceof Narrower, new main.ShapeError('') instanceof Narrower);`,
  );
  assert.equal(printed, 'true false\ntrue true false\n');
});

test('the command runs from where npm puts it, and finds the library and the page', async () => {
  const command = join(project.folder, 'node_modules/.bin/layerlens');
  const { stdout } = await execute(command, ['train', '--epochs', '1', '--quiet', '--json'], { cwd: project.folder });
  assert.equal(JSON.parse(stdout).iterations, 4);
  const predicted = await execute(command, ['predict', 'net.safetensors', 'iris'], { cwd: project.folder });
  assert.equal(predicted.stdout.split('\n').length, 152);

  const server = spawn(command, ['page', '--port', '0']);
  try {
    const [address] = await once(server.stdout.setEncoding('utf8'), 'data');
    assert.match(await (await fetch(address.trim())).text(), /<title>layerlens/);
  } finally {
    server.kill();
  }
});
