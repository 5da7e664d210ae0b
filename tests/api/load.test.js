// How the kernels are obtained: which, from what, where.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';

import { load, loadSync, Runtime } from 'layerlens';

import { bytesOf, run, variants } from './harness.js';

const fastest = WebAssembly.validate(bytesOf('relaxed')) ? 'relaxed' : 'simd';
const works = (ll) => assert.deepEqual(ll.affine([[1, 2]], [3, 4]).forward([[5], [6]]).toArray(), [[8, 14], [9, 16]]);

test('load and loadSync take the fastest variant that the engine accepts', async (t) => {
  for (const options of [undefined, {}, { variant: 'auto' }, { variant: undefined, module: undefined }]) {
    for (const ll of [await load(options), loadSync(options)]) {
      assert.ok(ll instanceof Runtime);
      assert.equal(ll.variant, fastest);
      works(ll);
    }
  }
  const { validate } = WebAssembly;
  const relaxed = bytesOf('relaxed');
  t.mock.method(WebAssembly, 'validate', (bytes) => !relaxed.equals(bytes) && validate(bytes));
  for (const ll of [await load(), loadSync()]) {
    assert.equal(ll.variant, 'simd');
    works(ll);
  }
});

test('a variant that was asked for is the one that runs, and its embedded bytes are those of the file', async (t) => {
  const { compile } = WebAssembly;
  for (const variant of ['simd', 'relaxed']) {
    const compiled = t.mock.method(WebAssembly, 'compile', (bytes) => compile(bytes));
    const ll = await load({ variant });
    assert.equal(ll.variant, variant);
    works(ll);
    assert.deepEqual(compiled.mock.calls.map(({ arguments: [bytes] }) => bytesOf(variant).equals(bytes)), [true]);
    compiled.mock.restore();
    assert.equal(loadSync({ variant }).variant, variant);
  }
});

test('a module as it comes: compiled, an ArrayBuffer, a view of one, from another realm', async () => {
  for (const variant of variants) {
    const bytes = bytesOf(variant);
    const buffer = new Uint8Array(bytes).buffer;
    const padded = new Uint8Array([1, 2, 3, ...bytes, 4]);
    const foreign = vm.createContext({ bytes });
    for (const module of [
      new WebAssembly.Module(bytes),
      buffer,
      bytes,
      new Uint8Array(buffer),
      padded.subarray(3, -1),
      vm.runInContext('new WebAssembly.Module(bytes)', foreign),
      vm.runInContext('new Uint8Array(bytes).buffer', foreign),
      vm.runInContext('new Uint8Array(bytes)', foreign),
    ]) {
      for (const options of [{ module }, { module, variant }, { module, variant: 'auto' }]) {
        for (const ll of [await load(options), loadSync(options)]) {
          assert.equal(ll.variant, variant);
          works(ll);
        }
      }
    }
  }
});

test('runtimes are independent: one module, two memories', async () => {
  const module = new WebAssembly.Module(bytesOf('simd'));
  const [one, two] = await Promise.all([load({ module }), load({ module })]);
  const [a, b] = [one.tensor([1, 2, 3]), two.tensor([4, 5, 6])];
  assert.deepEqual([a.toArray(), b.toArray()], [[1, 2, 3], [4, 5, 6]]);
  one.zeros([2 ** 16]);
  assert.ok(one.memory().reserved > two.memory().reserved);
  assert.deepEqual([one.memory().tensors, two.memory().tensors], [2, 1]);
  one.dispose();
  assert.throws(() => a.data, { code: 'ERR_LL_STATE' });
  assert.deepEqual(b.toArray(), [4, 5, 6]);
  works(two);
});

test('in a worker: its own kernels, and a module that was posted to it', async () => {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { load, loadSync } from ${JSON.stringify(import.meta.resolve('layerlens'))};
    const results = [];
    for (const ll of [await load(), loadSync(), await load({ module: workerData }), loadSync({ module: workerData })]) {
      results.push([ll.variant, ll.affine([[1, 2]], [3, 4]).forward([[5], [6]]).toArray()]);
    }
    parentPort.postMessage(results);`;
  const workerData = new WebAssembly.Module(bytesOf('scalar'));
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  const results = await new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  await worker.terminate();
  const y = [[8, 14], [9, 16]];
  assert.deepEqual(results, [[fastest, y], [fastest, y], ['scalar', y], ['scalar', y]]);
});

test('CommonJS: the same names, the same numbers', async () => {
  const require = createRequire(import.meta.url);
  const [module, formats, reference] = ['layerlens', 'layerlens/formats', 'layerlens/reference'].map(require);
  assert.deepEqual(Object.keys(module).sort(), Object.keys(await import('layerlens')).sort());
  assert.deepEqual(Object.keys(formats).sort(), Object.keys(await import('layerlens/formats')).sort());
  assert.deepEqual(Object.keys(reference).sort(), Object.keys(await import('layerlens/reference')).sort());
  works(module.loadSync());
  works(await module.load());
  works(reference.reference);
});

test('an import prints nothing, makes no global and lets the process end; so does a runtime', async () => {
  const output = await run(`
    const globals = () => Reflect.ownKeys(globalThis).map(String).join();
    const before = globals();
    await import('layerlens');
    await import('layerlens/formats');
    await import('layerlens/reference');
    if (globals() !== before) console.log('a new global');`);
  assert.equal(output, '');
  assert.equal(await run("import { load } from 'layerlens'; (await load()).zeros([1000000]);"), '');
});

test('an engine without FinalizationRegistry computes, and frees what is disposed of', async () => {
  const output = await run(`
    delete globalThis.FinalizationRegistry;
    const { load } = await import('layerlens');
    const ll = await load();
    const affine = ll.affine([[1, 2]], [3, 4]);
    const x = ll.tensor([[5], [6]]);
    const y = affine.forward(x).toArray();
    affine.dispose();
    x.dispose();
    console.log(JSON.stringify([y, ll.memory().tensors]));`);
  assert.deepEqual(JSON.parse(output), [[[8, 14], [9, 16]], 0]);
});
