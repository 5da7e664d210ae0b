// The numbers, the ways to a step, edits and links in Firefox and WebKit. Minutes: `make test-page-full`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generator, seed } from '../random.js';
import { byRef, look, serve } from './browser.js';
import { firefox, webkit } from './engines.js';
import { damage, randomLink } from './random-links.js';
import { compareSteps, randomAddress, readSteps } from './states.js';

/** @typedef {import('./engines.js').Engine} Engine */

/** What a picture is told by, whatever the way to it. @param {Engine} engine */
async function digest(engine) {
  const { data, ...seen } = await look(/** @type {any} */ (engine));
  return { ...seen, data: { ...data, motion: null } };
}

/** Inside the page. */
const focusStage = () => /** @type {HTMLElement} */ (document.querySelector('#stage')).focus();
const scrub = (/** @type {number} */ step) => {
  const scrubber = /** @type {HTMLInputElement} */ (document.querySelector('.scrubber input'));
  scrubber.value = String(step);
  scrubber.dispatchEvent(new Event('input', { bubbles: true }));
};
const paste = (/** @type {string} */ selector, /** @type {string} */ text) => {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'clipboardData', { value: { getData: () => text } });
  document.querySelector(selector)?.dispatchEvent(event);
};

/** Fewer than in Chromium, since a state takes seconds here; STATES=200 tries as many. */
const STATES = Number(process.env.STATES ?? 40);

const scenes = ['opened', 'folded', 'sample', 'batch'];

for (const [name, launch] of Object.entries({ firefox, webkit })) {
  describe(name, () => {
    /** @type {Engine} */
    let engine;
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let server;
    before(async () => {
      [engine, server] = await Promise.all([launch(), serve()]);
    });
    after(() => Promise.all([engine.close(), server.close()]));

    test(`${STATES} random states: every number at every step agrees with float64`, async () => {
      const random = generator();
      for (let i = 0; i < STATES; i++) {
        const address = randomAddress((choices) => Math.floor(random() * choices), scenes);
        await engine.goto(server.address + address);
        assert.ok(compareSteps(address, await engine.evaluate(readSteps)) > 0, `SEED=${seed}`);
      }
      assert.deepEqual(engine.complaints, []);
    });

    for (const scene of scenes) {
      for (const preset of ['book', 'iris']) {
        test(`${scene}, ${preset}: stepping, stepping back, scrubbing, a link and playing give the same at each step`, async () => {
          const address = `${server.address}?scene=${scene}&preset=${preset}&n=2`;
          await engine.goto(address);
          await engine.evaluate(focusStage);
          const forward = [await digest(engine)];
          const { steps } = forward[0];
          for (let step = 1; step <= steps; step++) {
            await engine.press('ArrowRight');
            forward.push(await digest(engine));
            assert.equal(forward[step].step, step);
          }
          for (let step = steps - 1; step >= 0; step--) {
            await engine.press('ArrowLeft');
            assert.deepEqual(await digest(engine), forward[step], `step ${step}, back`);
          }
          for (let step = steps; step >= 0; step -= 3) {
            await engine.evaluate(scrub, step);
            assert.deepEqual(await digest(engine), forward[step], `step ${step}, by the scrubber`);
          }
          for (const step of [0, 1, Math.floor(steps / 2), steps]) {
            await engine.goto(`${address}&step=${step}`);
            assert.deepEqual(await digest(engine), forward[step], `step ${step}, by a link`);
          }
          await engine.evaluate(scrub, 1);
          await engine.evaluate(focusStage);
          await engine.press(' ');
          await new Promise((resolve) => setTimeout(resolve, 1500));
          await engine.press(' ');
          const paused = await digest(engine);
          assert.ok(paused.step > 1, 'it has played');
          assert.deepEqual(paused, forward[paused.step], 'paused while playing');
          assert.deepEqual(engine.complaints, []);
        });
      }

      test(`${scene}: each number that can be edited takes texts by mouse and keys, refuses others, and is undone exactly`, async () => {
        await engine.goto(`${server.address}?scene=${scene}&preset=book&n=2&step=999`);
        const before = await digest(engine);
        const refs = await engine.evaluate(() => [...document.querySelectorAll('input[data-ref]')].map((field) => /** @type {HTMLElement} */ (field).dataset.ref ?? ''));
        assert.ok(refs.length >= 2);
        for (const ref of refs) {
          const field = `input[data-ref="${ref}"]`;
          for (const [text, value] of [['1/3', 1 / 3], ['1e-3', 1e-3], ['abc', undefined], ['', undefined], ['1e39', undefined]]) {
            const where = `${ref}: “${text}”`;
            await engine.click(field);
            await engine.press(...(text === '' ? ['Delete'] : String(text)), 'Enter');
            const seen = await digest(engine);
            if (value === undefined) {
              assert.ok(seen.message, `${where} is refused with a reason`);
              assert.deepEqual(byRef(seen), byRef(before), where);
              await engine.press('Escape');
            } else {
              assert.equal(Math.fround(Number(byRef(seen).get(ref))), Math.fround(Number(value)), where);
              await engine.evaluate(() => document.querySelectorAll('.undo button')[0].dispatchEvent(new MouseEvent('click', { bubbles: true })));
            }
            assert.deepEqual(await digest(engine), before, `${where}, undone`);
          }
        }
        if (scene === 'batch' || scene === 'sample') {
          await engine.evaluate(paste, 'input[data-ref="W[0][0]"]', '[[1. 2. 3.]\n [4. 5. -6.]]');
          const pasted = byRef(await digest(engine));
          assert.deepEqual(['W[0][0]', 'W[0][2]', 'W[1][2]'].map((ref) => pasted.get(ref)), ['1', '3', '-6']);
        }
        assert.deepEqual(engine.complaints, []);
      });
    }

    test('50 links show the same in the other language, and when opened again', async () => {
      const random = generator();
      for (let i = 0; i < 50; i++) {
        const link = randomLink(random);
        const where = `${link} (SEED=${seed})`;
        await engine.goto(server.address + link);
        const seen = await digest(engine);
        assert.equal(seen.message, undefined, where);
        const address = new URL(await engine.evaluate(() => document.location.href));
        const chineseAddress = new URL(address);
        chineseAddress.pathname += 'zh/';
        await engine.goto(chineseAddress.href);
        const chinese = await digest(engine);
        const told = (/** @type {any} */ { ref, value, lit }) => ({ ref, value, lit });
        assert.deepEqual(chinese.numbers.map(told), seen.numbers.map(told), where);
        await engine.goto(address.href);
        assert.deepEqual(await digest(engine), seen, where);
      }
      assert.deepEqual(engine.complaints, []);
    });

    test('200 damaged links open a stage that works; Back returns to the very numbers', async () => {
      const random = generator();
      for (let i = 0; i < 200; i++) {
        const link = damage(randomLink(random), random);
        const where = `${link} (SEED=${seed})`;
        await engine.goto(server.address + link);
        const { message, numbers } = await digest(engine);
        assert.ok(message === undefined || /could not be read/.test(message), where);
        assert.ok(numbers.length > 0, where);
      }
      await engine.goto(`${server.address}?scene=batch&preset=iris&step=20`);
      const seen = await digest(engine);
      await engine.evaluate(focusStage);
      await engine.press('1');
      assert.equal((await digest(engine)).data.scene, 'opened');
      await engine.back();
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.deepEqual(await digest(engine), seen);
      assert.deepEqual(engine.complaints, []);
    });
  });
}
