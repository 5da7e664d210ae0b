// A dozen random states against float64; `make test-page-full` takes two hundred.

import { after, before, test } from 'node:test';
import { generator } from '../random.js';
import { launch, serve } from './browser.js';
import { checkState, randomAddress } from './states.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

const random = generator();
const choose = (/** @type {number} */ choices) => Math.floor(random() * choices);

for (const scene of ['opened', 'folded', 'sample', 'batch']) {
  for (let i = 0; i < 3; i++) {
    const address = randomAddress(choose, [scene]);
    test(`${address}: each number at each step is float64's, within a relative error of 1e-5`, () =>
      checkState(browser, server.address, address));
  }
}
