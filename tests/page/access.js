// What the tests of access share: axe's rules, and the contrast of text as it is painted.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds, a line for each rule. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async (tags) => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { runOnly: tags });
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.html).join(' ')}`);
  }, rules);
}

/** Relative luminance, as WCAG defines it. @param {ArrayLike<number>} rgb each from 0 to 255 */
function luminance([r, g, b]) {
  const [red, green, blue] = [r, g, b].map((level) => (level <= 10.31475 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Texts with less contrast than 4.5 : 1 to what is painted right behind their strokes. Buttons that do nothing are exempt.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function faintTexts(page) {
  const texts = await page.evaluate(() => {
    const context = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
    const rgb = (/** @type {string} */ color) => {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const add = (/** @type {Element} */ element, /** @type {string} */ text, /** @type {DOMRect[]} */ boxes) => {
      const { color, fill, visibility } = getComputedStyle(element);
      if (visibility === 'hidden' || element.closest('[aria-disabled="true"], .hidden, .skip')) return;
      for (const { x, y, width, height } of boxes) {
        const [across, down] = [x + width / 2, y + height / 2];
        const seen = document.elementFromPoint(across, down);
        if (!seen || !(seen.contains(element) || element.contains(seen))) continue; // covered, or out of its box
        found.push({ text, color: rgb(element instanceof SVGElement ? fill : color), x, y, width, height });
      }
    };
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? '';
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const element = /** @type {Element} */ (walker.currentNode.parentElement);
      if (text && !element.matches('option, style, script')) add(element, text, [...range.getClientRects()]);
    }
    for (const field of document.querySelectorAll('input.number')) {
      add(field, /** @type {HTMLInputElement} */ (field).value, [field.getBoundingClientRect()]);
    }
    return found;
  });
  const screen = async () => PNG.sync.read(await page.screenshot());
  const { data: painted } = await screen();
  // A style element, the page's policy would refuse.
  await page.evaluate(() => {
    const blank = new CSSStyleSheet();
    blank.replaceSync('* { color: transparent !important } svg text { fill: transparent !important }');
    document.adoptedStyleSheets = [blank];
  });
  const { data, width, height } = await screen();
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });

  return texts.flatMap(({ text, color, ...box }) => {
    const own = luminance(color);
    let least = 21;
    for (let y = Math.max(0, Math.ceil(box.y)); y < Math.min(height, box.y + box.height - 1); y++) {
      for (let x = Math.max(0, Math.ceil(box.x)); x < Math.min(width, box.x + box.width - 1); x++) {
        const at = 4 * (y * width + x);
        if (Math.abs(painted[at + 1] - data[at + 1]) < 48) continue; // no stroke here
        const behind = luminance(data.subarray(at));
        least = Math.min(least, (Math.max(own, behind) + 0.05) / (Math.min(own, behind) + 0.05));
      }
    }
    return least < 4.5 ? [`${text}: ${least.toFixed(2)}`] : [];
  });
}
