// README's snippets do what README says, in a fresh project; and the Chinese README has the same.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { load } from 'layerlens';
import { loadNpz } from 'layerlens/formats';

import { launch, serve } from '../page/browser.js';
import { interpreter } from '../python.js';
import { install, root } from './install.js';

const textOf = (/** @type {string} */ name) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const snippetsOf = (/** @type {string} */ text) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
const [readme, chinese] = ['README.md', 'README.zh.md'].map(textOf);
const snippets = snippetsOf(readme);
const of = (/** @type {string} */ language) => snippets.filter((snippet) => snippet.language === language).map(({ code }) => code);

/** @type {Awaited<ReturnType<typeof install>>} */
let project;
before(async () => {
  project = await install();
});
after(() => project.remove());

test('every snippet is run by a test below, or is a make target that exists', () => {
  const tested = { cjs: 1, console: 1, html: 2, js: 5, python: 1 };
  for (const [language, count] of Object.entries(tested)) assert.equal(of(language).length, count, language);
  assert.deepEqual([...new Set(snippets.map(({ language }) => language))].sort(), [...Object.keys(tested), 'sh']);
  const makefile = textOf('Makefile');
  for (const command of of('sh')) assert.match(makefile, new RegExp(`^${command.trim().replace(/^make /, '')}:`, 'm'));
});

test('the message of an error is the one that it throws', async () => {
  const [, message] = readme.match(/^ {4}(affine\..*)$/m) ?? [];
  const ll = await load();
  assert.throws(() => ll.affine(3, 2).forward([[1, 2, 3, 4]]), { code: 'ERR_LL_SHAPE', message });
});

test('the commands learn from a table, name new rows, and show what a file holds', async () => {
  const [code] = of('console');
  const calls = [...code.matchAll(/^\$ npx layerlens (.*)$/gm)].map(([, call]) => call.split(' '));
  assert.deepEqual(calls.map(([name]) => name), ['train', 'predict', 'inspect', 'page']);
  const kinds = ['a', 'b'].flatMap((kind, k) => Array.from({ length: 20 }, (_, i) => `${3 * k + i / 20},${3 * k - i / 20},${kind}\n`));
  await writeFile(join(project.folder, 'flowers.csv'), `length,width,kind\n${kinds.join('')}`);
  await writeFile(join(project.folder, 'new.csv'), 'length,width\n0.5,-0.5\n3.5,2.5\n');
  const printed = await project.layerlens(...calls[0]);
  assert.match(await project.layerlens(...calls[1]), /^class,probability\na,0\.\d+\nb,0\.\d+\n$/, printed);
  assert.match(await project.layerlens(...calls[2]), /^0\.weight .*\(50, 2\)/m);
  // `page` serves until it is ended; package.test.js opens it.
});

test('the Node snippet prints y as NumPy does, and the shapes', async () => {
  const [code] = of('js');
  assert.equal(
    await project.node('snippet.mjs', code),
    '[[0.71094954 0.76852477 0.8175745 ]\n [0.8698915  0.9308616  0.96442884]]\n' +
      '[ 2, 2 ] [ 2, 3 ] [0.20550029 0.06435829 0.        ]\n',
  );
});

test('the XOR snippet shows the network, a falling loss, and what it has learned', async () => {
  const output = await project.node('xor.mjs', of('js')[1]);
  const lines = output.trimEnd().split('\n');
  assert.equal(lines[0], 'layer         output  parameters');
  const losses = [...output.matchAll(/^epoch \d+: loss (.*)$/gm)].map(([, loss]) => Number(loss));
  assert.equal(losses.length, 3);
  assert.ok(losses[2] < losses[0], String(losses));
  assert.equal(lines.at(-1), '0 1 1 0');
});

test('the gradient check finds all gradients right, and prints a line for each', async () => {
  const output = await project.node('check.mjs', of('js')[2]);
  assert.match(output, /^true /);
  assert.deepEqual([...output.matchAll(/^✓ {2}(\S+)/gm)].map(([, name]) => name), ['dx', 'd0.W', 'd0.b', 'd2.W', 'd2.b']);
});

test('the network that is saved comes back, and NumPy computes the same', async () => {
  assert.equal(await project.node('save.mjs', of('js')[3]), 'sequential(affine(4, 10), sigmoid, affine(10, 3))\n');

  const ll = await load();
  const net = ll.sequential(ll.affine(4, 10), ll.sigmoid(), ll.affine(10, 3));
  loadNpz(await readFile(join(project.folder, 'net.npz')), net);
  const expected = net.forward([[5.1, 3.5, 1.4, 0.2]]).toArray()[0];
  const { stdout } = await promisify(execFile)(interpreter(), ['-c', of('python')[0]], { cwd: project.folder });
  const scores = stdout.replace(/[[\]]/g, '').trim().split(/\s+/).map(Number);
  assert.equal(scores.length, 3, stdout);
  // Each is a sum of ten numbers below 0.05, and NumPy prints eight digits.
  scores.forEach((score, i) => assert.ok(Math.abs(score - expected[i]) < 1e-7, `${i}: ${score}, expected ${expected[i]}`));
});

test('the Chinese README has the same code, but for its comments, the same sections and links', () => {
  const bare = (/** @type {string} */ text) =>
    snippetsOf(text).map(({ language, code }) => ({ language, code: code.replace(/(?:^|(?<=[;)}]))\s*(?:\/\/|#) .*$/gm, '') }));
  assert.deepEqual(bare(chinese), bare(readme));
  const levels = (/** @type {string} */ text) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level.length);
  assert.deepEqual(levels(chinese), levels(readme));
  const links = (/** @type {string} */ text) => [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, link]) => link).sort();
  assert.deepEqual(links(chinese).filter((link) => link !== 'README.md'), links(readme).filter((link) => link !== 'README.zh.md'));
  assert.ok(readme.includes('](README.zh.md)') && chinese.includes('](README.md)'), 'they link to each other');
});

test('it runs where the table says', () => {
  const rows = [...textOf('docs/where-it-runs.md').matchAll(/^\| (\S+) +\| (\S+) +\| (.) \|/gm)].slice(1);
  assert.ok(rows.length > 25 && rows.every(([, , , sign]) => sign === '✓'), `${rows.length} rows`);
  const ran = rows.map(([, environment, version]) => `${environment.replace('.js', '')} ${version}`);
  const claims = ['Node 20', 'Node 22', 'Node 24', 'Node 26', 'Deno', 'Bun', 'workerd', 'Chromium', 'Vite 5', 'Vite 6', 'Vite 7', 'Vite 8'];
  claims.push('webpack', 'Rollup', 'esbuild', 'TypeScript 5.7', 'TypeScript 7', 'React', 'Vue', 'Svelte');
  for (const claim of claims) {
    assert.ok(ran.some((found) => found.startsWith(claim)), `${claim} in the table`);
    assert.ok(readme.includes(claim.replace(/^(Node|Vite|TypeScript) .*/, '$1')), `${claim} in the README`);
  }
});

test('the sizes are those that were built: no more, and not much less', async () => {
  const { stdout: built } = await promisify(execFile)(process.execPath, ['tools/sizes.js'], { cwd: root });
  for (const text of [readme, chinese]) {
    const rows = [...text.matchAll(/^\| `layerlens(?:\/(\w+))?` \| ([\d.]+) kB/gm)];
    const stated = rows.map(([, entry = 'index', size]) => [`${entry}.js`, size]);
    stated.push(['in an app', text.match(/(?:at\smost|至多) ([\d.]+) kB/)?.[1]]);
    assert.deepEqual(stated.map(([name]) => name), ['index.js', 'formats.js', 'reference.js', 'threads.js', 'element.js', 'in an app']);
    for (const [name, size] of stated) {
      const kilobytes = Number(built.match(new RegExp(`^${name} +\\d+ +(\\d+)`, 'm'))?.[1]) / 1000;
      assert.ok(kilobytes <= Number(size) && kilobytes > 0.85 * Number(size), `${name}: ${kilobytes} kB, README says ${size}`);
    }
  }
});

test('the snippet with threads prints a shape and their number', async () => {
  assert.equal(await project.node('threads.mjs', of('js')[4]), '[ 480, 480 ] 2\n');
});

test('the CommonJS snippet prints e', async () => {
  const [code] = of('cjs');
  assert.equal(await project.node('snippet.cjs', code), '[ 1, 2.7182817459106445 ]\n');
});

/**
 * Opens a snippet as a page, from the root of the project.
 * @param {string} code
 * @param {(page: import('playwright-core').Page) => Promise<void>} look
 */
async function inBrowser(code, look) {
  await writeFile(join(project.folder, 'index.html'), code);
  const [browser, server] = await Promise.all([launch(), serve(project.folder)]);
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('console', (message) => message.location().url.endsWith('/favicon.ico') || complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.address);
    await look(page);
    assert.deepEqual(complaints, []);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
}

test('the page without a build step computes in the browser', () =>
  inBrowser(of('html')[0], async (page) => {
    await page.waitForFunction(() => document.title !== '');
    assert.equal(await page.title(), '[[0.37754068]]');
  }));

test('the element shows the stage at the step that it is given', () =>
  inBrowser(of('html')[1], async (page) => {
    const stage = page.frameLocator('layer-lens > iframe').locator('#stage[data-ready]');
    assert.deepEqual([await stage.getAttribute('data-scene'), await stage.getAttribute('data-step')], ['batch', '5']);
  }));
