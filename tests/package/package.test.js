// The package as its users get it: packed, installed, imported, type-checked, and opened in a browser.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { launch } from '../page/browser.js';
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
    /^dist\/((index|formats|reference|threads)\.c?js|workerd\.js)(\.map)?$/,
    /^dist\/bin\/(layerlens\.js|licenses\.txt)$/,
    /^site\/((zh\/)?index\.html|licenses\.md)$/,
    /^site\/assets\/[\w-]+\.(js|css)$/,
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
    'site/licenses.md': ['lit-html', 'd3-scale', 'd3-shape'],
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

test('TypeScript, strict and nodenext, with the declarations themselves checked', async () => {
  const typed = `
    const options: LoadOptions = { variant: 'auto' };

    function use(ll: Runtime): unknown[] {
      const tensor: Tensor = ll.tensor(new Float64Array([1, 2, 3, 4]), [2, 2]);
      const shape: readonly number[] = tensor.shape;
      const view: Float32Array = tensor.data;
      const list: number[] | number[][] = tensor.toArray();
      const affine: Affine = ll.affine(2, 3, { seed: 1, std: 0.5 });
      const layer: Layer = affine;
      const net: Sequential = ll.sequential(affine, ll.sigmoid(), ll.sequential(ll.nodes.multiply(-1)));
      const input: TensorLike = [[1, 2], [3, 4]];
      const y: Tensor = net.forward(input);
      const gradients: Tensor[] = net.parameters.map(({ grad }: Parameter) => grad);
      const steps: Step[] = trace(net, [1, 2], [1, 0, 0], { names: { x: 'X' } });
      const loss: Loss = ll.softmaxCrossEntropy();
      const optimizer: Optimizer = ll.adam({ lr: 0.1, beta1: 0.8 });
      const states: OptimizerState[] = optimizer.state(net);
      const settings: TrainOptions = { epochs: 2, signal: undefined };
      const training: AsyncGenerator<Progress, void, undefined> = ll.train(net, loss, optimizer, [[1, 2]], [0], settings);
      const table: string = net.summary();
      const right: boolean = reference.gradientCheck(ll.relu(), [1, 2], [1, 1]).ok;
      const { tensors, bytes, reserved }: { tensors: number; bytes: number; reserved: number } = ll.memory();
      const variant: Variant = ll.variant;
      const error: RangeError & { code: string } = new ShapeError('a message');
      const file: Uint8Array = saveSafetensors(net, { optimizer: ll.adam(), metadata: { by: 'me' } });
      const again: Sequential = restoreNetwork(ll, file);
      const metadata: Record<string, string> = loadSafetensors(file, again, { optimizer: ll.adam() });
      const stored: Record<string, StoredArray> = readNpz(writeNpz({ tensor, list: { shape: [2], data: Int32Array.of(1, 2) } }));
      const model: Uint8Array = toOnnx(net, { softmax: true });
      const complaint: Error & { code: 'ERR_LL_FORMAT' } = new FormatError('a message');
      const half: number = reference.sigmoid().forward([0]).data[0];
      {
        using disposable = ll.zeros([1]);
        using other: Disposable = net;
      }
      return [shape, view.length, list, layer.name, y.shape, gradients.length, steps.length > 0, reserved > bytes && bytes > tensors,
        variant.length > 0, error.code, half, ll.memory().bytes < bytes, metadata, stored.list.dtype, model.length > 0, complaint.code,
        states.length, typeof training.next, table.length > 0, right];
    }

    function misuse(ll: Runtime, tensor: Tensor, affine: Affine): void {
      // @ts-expect-error a shape is for reading
      tensor.shape[0] = 1;
      // @ts-expect-error so are a layer's parts
      affine.W = tensor;
      // @ts-expect-error tensors are made by a runtime
      new TensorClass();
      // @ts-expect-error there is no such option
      ll.randn([2], { sed: 1 });
      // @ts-expect-error neither here
      ll.sgd({ momentum: 0.9 });
      // @ts-expect-error there is no such initialisation
      ll.affine(2, 3, { std: 'glorot' });
      // @ts-expect-error a string is no tensor
      affine.forward('x');
      // @ts-expect-error a list is no typed array
      writeNpz({ list: { shape: [1], data: [1] } });
      // @ts-expect-error what is internal is not declared
      tensor._region;
      // @ts-expect-error
      ll._memory;
      // @ts-expect-error
      affine._forward;
    }
    void misuse;

    async function withThreads(options: ThreadsOptions): Promise<number> {
      using ll: ThreadedRuntime = await loadThreads(options);
      const net: Sequential = ll.sequential(ll.affine(2, 3)); // the types of the main entry
      return net.parameters.length + ll.threads;
    }
    void withThreads;`;
  const names =
    'Affine, Layer, LoadOptions, Loss, Optimizer, OptimizerState, Parameter, Progress, Runtime, Sequential, Step, Tensor, TensorLike, ' +
    'TrainOptions, Variant';
  const types = `import type { ${names} } from 'layerlens';
      import type { ThreadedRuntime, ThreadsOptions } from 'layerlens/threads';`;
  const typedFormats = 'FormatError, loadSafetensors, readNpz, restoreNetwork, saveSafetensors, type StoredArray, toOnnx, writeNpz';
  const root = join(project.folder, 'typescript');
  await mkdir(root);
  const files = {
    'esm.mts': `
      import { load, ShapeError, Tensor as TensorClass, trace } from 'layerlens';
      import { ${typedFormats} } from 'layerlens/formats';
      import { reference } from 'layerlens/reference';
      import { load as loadThreads } from 'layerlens/threads';
      ${types}
      ${typed}
      using ll = await load(options);
      (globalThis as any).console.log(JSON.stringify(use(ll)));`,
    'commonjs.cts': `
      import layerlens = require('layerlens');
      import { ${typedFormats} } from 'layerlens/formats';
      import { reference } from 'layerlens/reference';
      import { load as loadThreads } from 'layerlens/threads';
      ${types}
      const { loadSync, ShapeError, trace, Tensor: TensorClass } = layerlens;
      ${typed}
      (globalThis as any).console.log(JSON.stringify(use(loadSync(options))));`,
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(root, file), content);
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const options = { strict: true, module: 'nodenext', target: 'es2022', skipLibCheck: false, outDir: 'built' };
  const flags = Object.entries(options).map(([name, value]) => [`--${name}`, String(value)]);
  // Each alone, so that what one declaration file brings along doesn't help the other.
  for (const file of Object.keys(files)) {
    await execute(process.execPath, [compiler, ...flags.flat(), file], { cwd: root }).catch(({ stdout }) => assert.fail(stdout));
  }
  const expected = [[2, 2], 4, [[1, 2], [3, 4]], 'affine', [2, 3], 2, true, true, true, 'ERR_LL_SHAPE', 0.5, true, { by: 'me' }, 'I32', true,
    'ERR_LL_FORMAT', 2, 'function', true, true];
  for (const script of ['built/esm.mjs', 'built/commonjs.cjs']) {
    const { stdout } = await execute(process.execPath, [script], { cwd: root });
    assert.deepEqual(JSON.parse(stdout), expected, script);
  }
});

// ---- The browser ------------------------------------------------------------------------------------------------------------

const kinds = { '.html': 'text/html', '.js': 'text/javascript' };

test('a page with a module script, without and with a Content-Security-Policy', async (t) => {
  const files = {
    'index.html': '<!doctype html><meta charset="utf-8"><title>layerlens</title><script type="module" src="main.js"></script>',
    'main.js': `
      import { load, LoadError } from './node_modules/layerlens/dist/index.js';
      import { ${formatNames} } from './node_modules/layerlens/dist/formats.js';
      const start = async () => { const ll = await load(); ${pass} ${roundTrip} return { variant: ll.variant, numbers, saved }; };
      globalThis.result = start().catch((error) => ({ error: error instanceof LoadError, message: error.message }));`,
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(project.folder, file), content);
  let policy = '';
  const server = createServer(async ({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const content = path === '/favicon.ico' ? '' : await readFile(join(project.folder, path)).catch(() => undefined);
    const headers = { 'content-type': kinds[extname(path)] ?? 'text/plain', ...(policy && { 'content-security-policy': policy }) };
    response.writeHead(content === undefined ? 404 : 200, headers).end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const browser = await launch();

  /** Opens the page under a policy: what its script found, and what it or the browser complained of. */
  async function open(header) {
    policy = header;
    const page = await browser.newPage();
    const messages = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    page.on('requestfailed', (request) => messages.push(`failed: ${request.url()}`));
    await page.goto(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`);
    const result = await page.evaluate('globalThis.result');
    await page.close();
    return { result, messages };
  }

  try {
    for (const header of ['', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"]) {
      await t.test(header || 'no policy', async () => {
        const { result, messages } = await open(header);
        assert.deepEqual([messages, result.message], [[], undefined]);
        assert.match(result.variant, /^(relaxed|simd)$/);
        assertNumbers(result.numbers);
        assert.deepEqual(result.saved, savedExpected);
      });
    }
    await t.test("a policy without 'wasm-unsafe-eval'", async () => {
      const { result } = await open("default-src 'none'; script-src 'self'");
      assert.equal(result.error, true);
      assert.match(result.message, /^load: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its /);
    });
  } finally {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
