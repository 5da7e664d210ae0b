// Threads in a page: with the two headers, without them, under a Content-Security-Policy, and from a Web Worker.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertSame } from '../api/harness.js';
import { launch, serve } from '../page/browser.js';
import { alone, pass } from './harness.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** @type {Awaited<ReturnType<typeof launch>>} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/**
 * A page of a server that sends these headers.
 * @param {Record<string, string>} headers
 * @param {(page: import('playwright-core').Page, address: string) => Promise<void>} body
 */
async function visit(headers, body) {
  const server = await serve(root, headers);
  const page = await browser.newPage();
  try {
    await page.goto(`${server.address}tests/threads/page.html`);
    await body(page, server.address);
  } finally {
    await page.close();
    await server.close();
  }
}

/** Loads threads and shares a large call, or gives the message of the error. */
const sharedCall = `(async () => {
  const { load, LoadError } = await import('/dist/threads.js');
  try {
    const ll = await load({ threads: 3, variant: 'simd' });
    const layer = ll.affine(300, 200, { seed: 1, std: 1 });
    const y = layer.forward(ll.randn([101, 300], { seed: 2 }));
    const numbers = [...y.data, ...layer.backward(y).data, ...layer.dW.data, ...layer.db.data];
    ll.dispose();
    return { threads: ll.threads, numbers };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
})()`;

function assertShared({ threads, numbers, message }) {
  assert.equal(message, undefined);
  assert.equal(threads, 3);
  const layer = alone().affine(300, 200, { seed: 1, std: 1 });
  const y = layer.forward(layer.runtime.randn([101, 300], { seed: 2 }));
  assertSame(numbers, [...y.data, ...layer.backward(y).data, ...layer.dW.data, ...layer.db.data], 'the same bits as in Node');
}

test('with the two headers: every layer, with the bits of Node', async () => {
  await visit(isolation, async (page) => {
    assertShared(await page.evaluate(sharedCall));
    // The source of pass, with each call shared; and many calls, with pauses in which the helpers fall asleep.
    const results = await page.evaluate(`(async () => {
      const { start } = await import('/js/threaded.js');
      const pass = ${pass};
      const ll = await start({ threads: 3, variant: 'simd' }, 1);
      const results = pass(ll, 19, 26, 17);
      const text = JSON.stringify(results);
      for (let i = 0; i < 200; i++) {
        if (JSON.stringify(pass(ll, 19, 26, 17)) !== text) throw new Error('other numbers in round ' + i);
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return results;
    })()`);
    const expected = pass(alone(), 19, 26, 17);
    for (const [name, values] of Object.entries(results)) assertSame(values, expected[name], name);
  });
});

test('in a Web Worker of such a page', async () => {
  await visit(isolation, async (page) => {
    const result = await page.evaluate(`new Promise((resolve, reject) => {
      const source = ${JSON.stringify(sharedCall)}.replace("import('/", "import('" + location.origin + "/");
      const worker = new Worker(URL.createObjectURL(new Blob([source + '.then(postMessage)'], { type: 'text/javascript' })));
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    })`);
    assertShared(result);
  });
});

test('without the headers, or with one of them: a LoadError that names both', async () => {
  for (const headers of [{}, ...Object.entries(isolation).map(([name, value]) => ({ [name]: value }))]) {
    await visit(headers, async (page) => {
      assert.deepEqual(await page.evaluate(sharedCall), {
        code: 'ERR_LL_LOAD',
        message:
          'load: threads need WebAssembly and SharedArrayBuffer; a page has the latter only if its server sends the headers ' +
          "'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp'; layerlens itself does without",
      });
    });
  }
});

test("a Content-Security-Policy: with 'worker-src blob:' threads start, without it a LoadError names that", async () => {
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
  await visit({ ...isolation, 'Content-Security-Policy': `${policy}; worker-src blob:` }, async (page) => {
    assertShared(await page.evaluate(sharedCall));
  });
  await visit({ ...isolation, 'Content-Security-Policy': policy }, async (page) => {
    const { code, message } = await page.evaluate(sharedCall);
    assert.equal(code, 'ERR_LL_LOAD');
    assert.match(message, /^load: a thread didn't start.*worker-src blob:/);
  });
});

/** A port that nobody listens at. */
async function freePort() {
  const server = await serve(root);
  await server.close();
  return new URL(server.address).port;
}

test('make start and make dev serve the page with the two headers', async () => {
  for (const command of [
    ['tools/start.js'],
    ['node_modules/vite/bin/vite.js', 'web', '--config', 'web/vite.config.js', '--strictPort', '--port'],
  ]) {
    const port = await freePort();
    const child = spawn(process.execPath, [...command, port], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let output = '';
      for await (const data of child.stdout) if ((output += data).includes(port)) break; // it prints its address once it listens
      const { status, headers } = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(status, 200, output);
      for (const [name, value] of Object.entries(isolation)) assert.equal(headers.get(name), value, `${command[0]}: ${name}`);
    } finally {
      child.kill();
    }
  }
});
