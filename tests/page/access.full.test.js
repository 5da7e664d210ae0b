// Every scene in both languages and themes, at rest, while it plays, and with a complaint.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scenes } from '../../web/scenes.js';
import { faintTexts, violations } from './access.js';
import { launch, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

for (const scene of Object.keys(scenes)) {
  for (const lang of ['', 'zh/']) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      test(`${lang}${scene}, ${colorScheme}: axe finds nothing, and each text has contrast`, async () => {
        const address = `${server.address}${lang}?scene=${scene}`;
        const sizes = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
        for (const viewport of sizes) {
          const { page } = await open(browser, address, { colorScheme, viewport });
          for (const key of ['Home', 'End', 'ArrowLeft']) {
            await page.focus('#stage');
            await page.keyboard.press(key);
            await page.waitForSelector('#stage[data-ready]');
            assert.deepEqual(await violations(page), [], `${key} at ${viewport.width} px`);
            assert.deepEqual(await faintTexts(page), [], `${key} at ${viewport.width} px`);
          }
          await page.keyboard.press('Home');
          await page.keyboard.press(' ');
          await page.waitForFunction(() => Number(document.querySelector('#stage')?.getAttribute('data-step')) > 1);
          assert.deepEqual(await violations(page), [], `playing at ${viewport.width} px`);
          await page.close();
        }

        const { page } = await open(browser, `${address}&step=x`, { colorScheme });
        await page.waitForSelector('[role="alert"]');
        const field = page.locator('input.own').first();
        if (await field.count()) {
          await field.click();
          await page.keyboard.type('abc');
          await page.keyboard.press('Enter');
        }
        assert.deepEqual(await violations(page), [], 'with a complaint');
        assert.deepEqual(await faintTexts(page), [], 'with a complaint');
        await page.close();
      });
    }
  }
}
