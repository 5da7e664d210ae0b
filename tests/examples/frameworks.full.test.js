// The React, Vue and Svelte components: with the packed package and their frameworks from npm, built by Vite, clicked in Chromium,
// and rendered on a server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { launch, serve } from '../page/browser.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);
/** What a command prints; where it complains, that is part of it. */
const run = async (/** @type {string} */ cwd, /** @type {string[]} */ ...args) => {
  const { stdout, stderr } = await execute('npm', args, { cwd });
  return stdout + stderr;
};

/** @type {string} */
let folder;
/** @type {string} */
let tarball;
/** @type {Awaited<ReturnType<typeof launch>>} */
let browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerlens-'));
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  tarball = join(folder, JSON.parse(stdout)[0].filename);
  browser = await launch();
});
after(() => Promise.all([browser?.close(), rm(folder, { recursive: true })]));

for (const framework of ['react', 'vue', 'svelte']) {
  test(framework, async (t) => {
    const project = join(folder, framework);
    const own = (/** @type {string} */ path) => !/node_modules|dist$/.test(path);
    await cp(join(root, 'examples', framework), project, { recursive: true, filter: own });
    await run(project, 'install', tarball, '--no-audit', '--no-fund', '--loglevel=error');

    await t.test('builds without a warning', async () => {
      assert.doesNotMatch(await run(project, 'run', 'build'), /warn/i);
    });

    await t.test('learns XOR after a click', async () => {
      const server = await serve(join(project, 'dist'));
      const page = await browser.newPage();
      try {
        const complaints = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`));
        await page.goto(server.address);
        assert.equal(await page.textContent('output'), 'not yet trained');
        await page.click('button');
        await page.waitForFunction(() => /^step \d+: /.test(document.querySelector('output')?.textContent ?? ''));
        assert.ok(await page.isDisabled('button'), 'no second training beside the first');
        await page.waitForFunction(() => /^step 1000: /.test(document.querySelector('output')?.textContent ?? ''));
        const outputs = await page.$$eval('tbody td:nth-child(4)', (cells) => cells.map((cell) => Math.round(Number(cell.textContent))));
        assert.deepEqual(outputs, [0, 1, 1, 0]);
        await page.waitForSelector('button:enabled');
        assert.deepEqual(complaints, []);
      } finally {
        await page.close();
        await server.close();
      }
    });

    await t.test('renders on a server', async () => {
      const html = await run(project, 'run', 'render');
      assert.match(html, /<button[^>]*>Train<\/button>/);
      assert.match(html, /<output[^>]*>(?:<!--.*?-->)*not yet trained/);
      assert.equal(html.match(/<td>(?:<!--.*?-->)*\?/g)?.length, 4);
    });
  });
}
