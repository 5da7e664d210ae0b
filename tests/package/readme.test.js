// README's snippets do what README says, in a fresh project.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, serve } from '../page/browser.js';
import { install } from './install.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const snippets = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
const of = (/** @type {string} */ language) => snippets.filter((snippet) => snippet.language === language).map(({ code }) => code);

/** @type {Awaited<ReturnType<typeof install>>} */
let project;
before(async () => {
  project = await install();
});
after(() => project.remove());

test('every snippet is of a kind that is run here, or a make target that exists', () => {
  assert.deepEqual([...new Set(snippets.map(({ language }) => language))].sort(), ['cjs', 'html', 'js', 'sh']);
  const makefile = readFileSync(new URL('../../Makefile', import.meta.url), 'utf8');
  for (const command of of('sh')) assert.match(makefile, new RegExp(`^${command.trim().replace(/^make /, '')}:`, 'm'));
});

test('the Node snippet prints y as NumPy does, and the shapes', async () => {
  const [code] = of('js');
  assert.equal(
    await project.node('snippet.mjs', code),
    '[[0.7109495  0.7685248  0.81757444]\n [0.8698916  0.9308616  0.96442884]]\n' +
      '[ 2, 2 ] [ 2, 3 ] [0.20550032 0.06435829 0.        ]\n',
  );
});

test('the XOR snippet learns XOR', async () => {
  assert.equal(await project.node('xor.mjs', of('js')[1]), '0 1 1 0\n');
});

test('the CommonJS snippet prints e', async () => {
  const [code] = of('cjs');
  assert.equal(await project.node('snippet.cjs', code), '[ 1, 2.7182817459106445 ]\n');
});

test('the page without a build step computes in the browser', async () => {
  const [code] = of('html');
  await writeFile(join(project.folder, 'index.html'), code);
  const [browser, server] = await Promise.all([launch(), serve(project.folder)]);
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('console', (message) => message.location().url.endsWith('/favicon.ico') || complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.address);
    await page.waitForFunction(() => document.title !== '');
    assert.equal(await page.title(), '[[0.37754068]]');
    assert.deepEqual(complaints, []);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
});
