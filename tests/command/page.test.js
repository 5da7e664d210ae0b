// `layerlens page`: the page works under its strict headers, and nothing else is to be had from the server.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../bin/page.js';
import { launch, open } from '../page/browser.js';
import { start } from './harness.js';

const site = fileURLToPath(new URL('../../site/', import.meta.url));

/** @type {ReturnType<typeof start>} */
let server;
let address = '';
before(async () => {
  server = start(['page', '--port', '0']);
  address = (await server.written('stdout', /\n/)).trim();
});
after(async () => {
  server.child.kill('SIGINT');
  await server.done;
});

/**
 * Asks for a path as it is written: fetch would tidy it up.
 * @param {string} path
 * @param {string} [method]
 * @returns {Promise<{ status?: number, headers: import('node:http').IncomingHttpHeaders, body: string }>}
 */
const ask = (path, method = 'GET', base = address) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    request({ hostname, port, path, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });

test('stdout holds the address only', async () => {
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
});

test('every answer has the security headers, a wrong path too', async () => {
  const { body, headers } = await ask('/');
  const script = body.match(/src="\.(\/assets\/[^"]+\.js)"/)?.[1] ?? '';
  const style = body.match(/href="\.(\/assets\/[^"]+\.css)"/)?.[1] ?? '';
  const html = { '/': 'text/html', '/?scene=batch': 'text/html', '/zh/': 'text/html' };
  const types = { ...html, [script]: 'text/javascript', [style]: 'text/css' };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await ask(path);
    assert.deepEqual([status, headers['content-type']], [200, `${type}; charset=utf-8`], path);
  }
  for (const path of ['/', '/zh/', script, '/nothing']) {
    const { headers } = await ask(path);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
    assert.match(headers['content-security-policy'] ?? '', /^default-src 'none'; /);
  }
  const scripts = headers['content-security-policy']?.match(/script-src([^;]*)/)?.[1];
  assert.equal(scripts, " 'self' 'wasm-unsafe-eval'");
});

test('HEAD answers without a body; other methods are refused', async () => {
  const { status, headers, body } = await ask('/', 'HEAD');
  assert.deepEqual([status, body], [200, '']);
  assert.equal(headers['content-length'], String(Buffer.byteLength((await ask('/')).body)));
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await ask('/', method);
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], method);
  }
});

const outside = [
  '/../package.json',
  '/assets/../../package.json',
  '/%2e%2e/package.json',
  '/%2e%2e%2fpackage.json',
  '/..%2fpackage.json',
  '/..%5cpackage.json',
  '/..\\package.json',
  '/%252e%252e%252fpackage.json',
  '/....//package.json',
  '//package.json',
  '/./../package.json',
  '/zh/..%00/../package.json',
  '/%c0%ae%c0%ae/package.json',
  '/%',
  '/%zz',
  `/${'../'.repeat(20)}etc/passwd`,
  '/etc/passwd',
  'http://localhost/../package.json',
  '/constructor',
  '/__proto__',
];
test('what lies outside the folder is not found, however it is asked for', async () => {
  for (const path of outside) {
    const { status, body } = await ask(path);
    assert.deepEqual([status, body], [404, 'There is no such page here.\n'], path);
  }
});

test('symbolic links are not followed, neither to files nor to folders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
  try {
    mkdirSync(join(folder, 'secret'));
    writeFileSync(join(folder, 'secret/index.html'), 'secret');
    cpSync(site, join(folder, 'site'), { recursive: true });
    symlinkSync('../secret/index.html', join(folder, 'site/file.html'));
    symlinkSync('../secret', join(folder, 'site/folder'));
    const { address, close } = await serve(join(folder, 'site'), { port: 0, host: '127.0.0.1' });
    try {
      assert.equal((await ask('/', 'GET', address)).status, 200);
      for (const path of ['/file.html', '/folder/', '/folder/index.html']) {
        assert.equal((await ask(path, 'GET', address)).status, 404, path);
      }
    } finally {
      await close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('it listens on the loopback interface only', async (t) => {
  const others = Object.values(networkInterfaces()).flat().filter((one) => one && !one.internal && one.family === 'IPv4');
  if (others.length === 0) return t.skip('this machine has no other interface');
  for (const other of others) {
    const refused = await new Promise((resolve) => {
      const socket = connect(Number(new URL(address).port), /** @type {any} */ (other).address);
      socket.on('connect', () => resolve(socket.destroy() && false)).on('error', () => resolve(true));
    });
    assert.ok(refused, /** @type {any} */ (other).address);
  }
});

/** Runs `layerlens page`, which must not come to serve anything. @param {string[]} args */
function refused(...args) {
  const { child, done } = start(['page', ...args]);
  child.stdout.once('data', () => child.kill());
  return done;
}

test('a port that is taken: one line, and 1', async () => {
  const { port } = new URL(address);
  const { code, stdout, stderr } = await refused('--port', port);
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(stderr, `layerlens: port ${port} is already in use; --port 0 takes any free one\n`);
});

test('no host is wrong usage, and does not mean every interface', async () => {
  for (const host of ['', ' ']) {
    const { code, stdout, stderr } = await refused('--port', '0', '--host', host);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^layerlens: option '--host <address>' argument '\s?' is invalid\. It must be an address or a name\.\n/);
  }
});

test('a host that is not of this machine', async () => {
  const { code, stderr } = await refused('--port', '0', '--host', '192.0.2.1');
  assert.equal(code, 1);
  assert.match(stderr, /^layerlens: the page can't be served at 192\.0\.2\.1: [^\n]*\n$/);
});

test('in a browser the page works under its policy, without a complaint, and isolated from other sites', async () => {
  const browser = await launch();
  try {
    for (const path of ['', 'zh/']) {
      const { page, complaints } = await open(browser, address + path);
      assert.deepEqual(complaints, []);
      assert.equal(await page.evaluate('crossOriginIsolated && typeof SharedArrayBuffer'), 'function');
      assert.ok(await page.evaluate("getComputedStyle(document.querySelector('.scrubber')).getPropertyValue('--turn') !== ''"));
      await page.close();
    }
  } finally {
    await browser.close();
  }
});
