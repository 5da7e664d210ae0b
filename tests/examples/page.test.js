// The examples for the browser, clicked.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, serve } from '../page/browser.js';

/** @type {Awaited<ReturnType<typeof launch>>} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve(fileURLToPath(new URL('../..', import.meta.url)))]);
});
after(() => Promise.all([browser.close(), server.close()]));

async function open(name) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.location().url.endsWith('/favicon.ico') || complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.address}examples/${name}`);
  return { page, complaints };
}

test('xor.html: after a click the outputs come to be what is wanted', async () => {
  const { page, complaints } = await open('xor.html');
  await page.click('button:enabled');
  await page.waitForFunction(() => document.querySelector('button')?.textContent === 'Train another one');
  const outputs = await page.$$eval('tbody td:nth-child(4)', (cells) => cells.map((cell) => Math.round(Number(cell.textContent))));
  assert.deepEqual(outputs, [0, 1, 1, 0]);
  assert.match((await page.textContent('output')) ?? '', /^step 1000: loss 0\.0\d{3}$/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('worker.html: a live curve; pause stops it, and it goes on to the end from there', async () => {
  const { page, complaints } = await open('worker.html');
  const iteration = async () => Number(/^\d+/.exec((await page.textContent('output')) ?? '')?.[0]);
  await page.click('button:enabled');
  await page.waitForFunction(() => /^\d+ of 70000/.test(document.querySelector('output')?.textContent ?? ''));
  await page.click('button:has-text("Pause")');
  await page.waitForTimeout(200); // for what is under way
  const paused = await iteration();
  await page.waitForTimeout(200);
  assert.equal(await iteration(), paused);
  assert.ok(paused < 70000, `it was over before it could be paused, at ${paused}`);
  await page.click('button:has-text("Go on")');
  await page.waitForFunction(() => document.querySelector('button')?.textContent === 'Done');
  const points = ((await page.getAttribute('polyline', 'points')) ?? '').split(' ').map((point) => Number(point.split(',')[1]));
  assert.equal(points.length, 200, 'each window of 350 iterations is drawn, once');
  assert.ok(points.slice(-10).every((y) => y > points[0]), 'the loss has fallen');
  assert.match((await page.textContent('output')) ?? '', /^70000 of 70000: .*, (9\d|100) % right$/);
  assert.deepEqual(complaints, []);
  await page.close();
});
