// How threads start and end, and what is said where they can't.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { load, LoadError, Runtime, ThreadedRuntime } from 'layerlens/threads';

import { run } from '../api/harness.js';

const works = (ll) => assert.deepEqual(ll.affine([[1, 2]], [3, 4]).forward([[5], [6]]).toArray(), [[8, 14], [9, 16]]);

/** Enough work to be shared, in a module of its own. */
const large = 'll.affine(500, 400).forward(ll.randn([300, 500]));';

test('the fastest variant, and as many threads as there are cores, up to 4', async () => {
  const ll = await load();
  assert.ok(ll instanceof Runtime);
  assert.ok(ll instanceof ThreadedRuntime);
  assert.equal(ll.threads, Math.min(4, availableParallelism()));
  assert.match(ll.variant, /^(relaxed|simd)$/);
  works(ll);
  ll.dispose();
  for (const threads of [1, 2, 5]) {
    const other = await load({ threads, variant: 'simd' });
    assert.deepEqual([other.threads, other.variant], [threads, 'simd']);
    works(other);
    other.dispose();
  }
});

test('the names of the main entry, but loadSync, since workers start in their own time', async () => {
  const names = Object.keys(await import('layerlens')).filter((name) => name !== 'loadSync');
  assert.deepEqual(Object.keys(await import('layerlens/threads')).sort(), [...names, 'ThreadedRuntime'].sort());
  const required = createRequire(import.meta.url)('layerlens/threads');
  assert.deepEqual(Object.keys(required).sort(), [...names, 'ThreadedRuntime'].sort());
  const ll = await required.load({ threads: 2 });
  works(ll);
  ll.dispose();
});

test('other options are refused', async () => {
  for (const [options, message] of /** @type {[any, string][]} */ ([
    [{ threads: 0 }, 'load: threads must be a whole number from 1 to 64, got number 0'],
    [{ threads: 1.5 }, 'load: threads must be a whole number from 1 to 64, got number 1.5'],
    [{ threads: '2' }, 'load: threads must be a whole number from 1 to 64, got string "2"'],
    [{ threads: 65 }, 'load: threads must be a whole number from 1 to 64, got number 65'],
    [{ variant: 'scalar' }, `load: variant must be 'auto', 'relaxed' or 'simd', got string "scalar"`],
    [{ module: new Uint8Array() }, 'load: unknown option "module"; known are threads, variant'],
    [2, 'load: options must be an object, got number 2'],
  ])) {
    await assert.rejects(load(options), { code: 'ERR_LL_ARGUMENT', message });
  }
});

test('dispose ends the threads', async (t) => {
  const { mock } = t.mock.method(Worker.prototype, 'terminate');
  const ll = await load({ threads: 3 });
  assert.equal(mock.callCount(), 0);
  const y = ll.sigmoid().forward([0]);
  ll.dispose();
  ll.dispose();
  const codes = await Promise.all(mock.calls.slice(0, 2).map(({ result }) => result));
  assert.deepEqual(codes, [1, 1], 'both have exited');
  assert.throws(() => y.data, { code: 'ERR_LL_STATE' });
  assert.throws(() => ll.zeros([1]), { code: 'ERR_LL_STATE' });
});

test('idle threads let the process end, with and without dispose, and an import starts none', { timeout: 60_000 }, async () => {
  for (const end of ['', 'll.dispose();', 'await new Promise((resolve) => setTimeout(resolve, 10));']) {
    const source = `import { load } from 'layerlens/threads'; const ll = await load({ threads: 3 }); ${large} console.log(ll.threads); ${end}`;
    assert.equal(await run(source), '3\n', end);
  }
  const unused = `
    import { Worker } from 'node:worker_threads';
    const globals = () => Reflect.ownKeys(globalThis).map(String).join();
    const before = globals();
    await import('layerlens/threads');
    if (globals() !== before) console.log('a new global');`;
  assert.equal(await run(unused), '');
});

test('a process whose flags load other code first, or that is a module on the command line', async () => {
  const source = `import { load } from 'layerlens/threads'; const ll = await load({ threads: 2 }); ${large} console.log('done');`;
  const first = 'data:text/javascript,console.log(%22first%22)';
  assert.equal(await run(source, ['--import', first]), 'first\ndone\n', 'once, not in each thread');
});

test('in a worker of Node', async () => {
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { load } from ${JSON.stringify(import.meta.resolve('layerlens/threads'))};
    const ll = await load({ threads: 3, variant: 'simd' });
    const y = ll.affine(300, 200, { seed: 1, std: 1 }).forward(ll.randn([100, 300], { seed: 2 }));
    parentPort.postMessage([ll.threads, Array.from(y.data)]);
    ll.dispose();`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const [threads, numbers] = await new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  await worker.terminate();
  const ll = await load({ threads: 1, variant: 'simd' });
  const y = ll.affine(300, 200, { seed: 1, std: 1 }).forward(ll.randn([100, 300], { seed: 2 }));
  assert.equal(threads, 3);
  assert.deepEqual(numbers, Array.from(y.data));
});

test('without SharedArrayBuffer: a LoadError that names both headers', async () => {
  for (const without of ['delete globalThis.SharedArrayBuffer', 'globalThis.crossOriginIsolated = false', 'delete globalThis.WebAssembly']) {
    const output = await run(`
      ${without};
      const { load, LoadError } = await import('layerlens/threads');
      await load({ threads: 2 }).catch((error) => console.log(error instanceof LoadError, error.code, error.message));`);
    assert.equal(
      output,
      'true ERR_LL_LOAD load: threads need WebAssembly and SharedArrayBuffer; a page has the latter only if its server sends the ' +
        "headers 'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp'; layerlens itself does without\n",
    );
  }
});

test('an engine that refuses the kernels, and one that refuses a thread: a LoadError, and no thread is left behind', async (t) => {
  const { mock } = t.mock.method(WebAssembly, 'instantiate', () => Promise.reject(new Error('not today')));
  await assert.rejects(load({ threads: 2 }), { code: 'ERR_LL_LOAD', message: 'load: the engine refuses this module (not today)' });
  mock.restore();

  const ended = t.mock.method(Worker.prototype, 'terminate');
  t.mock.method(Worker.prototype, 'postMessage', () => {
    throw new Error('no post today');
  });
  await assert.rejects(load({ threads: 3 }), (error) => {
    assert.ok(error instanceof LoadError);
    assert.equal(error.message, "load: a thread didn't start (no post today)");
    return true;
  });
  assert.equal(ended.mock.callCount(), 2);
});

test('a memory of 2 GiB at most, less where the engine gives less', async (t) => {
  const maxima = [];
  const { Memory } = WebAssembly;
  t.mock.method(WebAssembly, 'Memory', class extends Memory {
    constructor(descriptor) {
      maxima.push(descriptor.maximum);
      if (descriptor.maximum > 8192) throw new RangeError('too much');
      super(descriptor);
    }
  });
  const ll = await load({ threads: 2 });
  assert.deepEqual(maxima, [32768, 16384, 8192]);
  works(ll);
  ll.dispose();
});
