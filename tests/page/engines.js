// Firefox, by WebDriver BiDi, and WebKit, by WebKitGTK's WebDriver, with the same few handles on their one page.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import puppeteer from 'puppeteer-core';
import { Builder, Key } from 'selenium-webdriver';

/**
 * @typedef {object} Engine
 * @property {(url: string) => Promise<void>} goto and waits for the stage
 * @property {() => Promise<void>} back
 * @property {<T>(code: (...args: any[]) => T, ...args: any[]) => Promise<T>} evaluate runs a function in the page
 * @property {(...keys: string[]) => Promise<void>} press keys by name, or signs
 * @property {(selector: string) => Promise<void>} click
 * @property {string[]} complaints of the page, where the engine tells them
 * @property {() => Promise<void>} close
 */

const size = { width: 1280, height: 1000 };

/** Inside the page. */
const isReady = () => document.querySelector('#stage[data-ready]') !== null && document.readyState === 'complete';

/** @param {() => Promise<unknown>} condition */
async function until(condition) {
  for (let i = 0; i < 600; i++) {
    if (await condition().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('waited for 30 seconds');
}

/** @returns {Promise<Engine>} */
export async function firefox() {
  const executablePath = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);
  assert.ok(executablePath, 'no Firefox found; `make test-page-full` installs it');
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const page = await browser.newPage();
  await page.setViewport(size);
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const evaluate = /** @type {Engine['evaluate']} */ (page.evaluate.bind(page));
  return {
    goto: async (url) => {
      await page.goto(url);
      await until(() => evaluate(isReady));
    },
    back: async () => void (await page.goBack()),
    evaluate,
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(/** @type {import('puppeteer-core').KeyInput} */ (key));
    },
    click: (selector) => page.click(selector),
    complaints,
    close: () => browser.close(),
  };
}

/** @returns {Promise<number>} a port that nobody uses */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns {Promise<Engine>} */
export async function webkit() {
  const binary = ['x86_64', 'aarch64'].flatMap((machine) => ['4.1', '4.0'].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`)).find(existsSync);
  assert.ok(binary, 'no WebKitGTK found; `make test-page-full` installs it');
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1400x1200x24'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [display] = await once(/** @type {import('node:stream').Readable} */ (screen.stdout), 'data');
  const port = await freePort();
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}` };
  const service = spawn('WebKitWebDriver', [`--port=${port}`], { env, stdio: 'ignore' });
  await until(async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok);
  const driver = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } })
    .build();
  await driver.manage().window().setRect({ x: 0, y: 0, ...size });
  const evaluate = /** @type {Engine['evaluate']} */ (
    async (code, ...args) => JSON.parse((await driver.executeScript(`return JSON.stringify((${code})(...arguments) ?? null)`, ...args)) ?? 'null')
  );
  const named = (/** @type {string} */ key) => (key.length === 1 ? key : Key[/** @type {keyof typeof Key} */ (key.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase())]);
  return {
    goto: async (url) => {
      await driver.get(url);
      await until(() => evaluate(isReady));
    },
    back: () => driver.navigate().back(),
    evaluate,
    press: async (...keys) => {
      for (const key of keys) await driver.actions().sendKeys(String(named(key))).perform();
    },
    click: (selector) => driver.findElement({ css: selector }).click(),
    complaints: [],
    close: async () => {
      await driver.quit();
      service.kill();
      screen.kill();
    },
  };
}
