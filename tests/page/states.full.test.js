// Two hundred random states against float64.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, serve } from './browser.js';
import { checkState, randomAddress } from './states.js';
import { generator, seed } from '../random.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

test(`200 random states, SEED=${seed}: each number at each step is float64's, within a relative error of 1e-5`, async (context) => {
  const random = generator();
  const choose = (/** @type {number} */ choices) => Math.floor(random() * choices);
  let compared = 0;
  for (let i = 0; i < 200; i++) {
    // The Affine scenes have the sizes to vary.
    compared += await checkState(browser, server.address, randomAddress(choose, ['opened', 'folded', 'sample', 'batch', 'batch', 'batch']));
  }
  context.diagnostic(`${compared} numbers compared`);
  assert.ok(compared > 100_000);
});
