// Builds the page into site/: a folder for any static host, below any path, which works offline after the first visit.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'vite';
import { operations } from '../web/lines/operations.js';
import { scenes } from '../web/scenes.js';
import en from '../web/text/en.js';
import zh from '../web/text/zh.js';
import { affineGraph } from '../web/views/graph.js';
import { mathml } from './lines.js';

const pages = { 'index.html': 'en', 'zh/index.html': 'zh-CN' };
const texts = { 'index.html': en, 'zh/index.html': zh };

// A page of each language, which has its own texts only.
for (const [page, language] of Object.entries(pages)) {
  await build({
    root: 'web',
    configFile: 'web/vite.config.js',
    logLevel: 'warn',
    define: { LANGUAGE: JSON.stringify(language) },
    build: { emptyOutDir: page === 'index.html', rollupOptions: { input: `web/${page}` } },
  });
}

/** What a page may do: run our scripts and kernels, and load our styles and files. No host but its own, nothing inline. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  'img-src data:', // the empty icon
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What a template of lit-html says, without what it does. @param {any} value @returns {string} */
function textOf(value) {
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (!value?.strings) return typeof value === 'symbol' ? '' : String(value);
  return value.strings.reduce((/** @type {string} */ before, /** @type {string} */ next, /** @type {number} */ i) => {
    const text = textOf(value.values[i - 1]);
    return before + (before.endsWith('=') ? `"${text}"` : text) + next;
  });
}

/**
 * The page without scripts: what its scenes say, the formulas, and the graph with everything on it.
 * @param {any} t
 * @param {string} note why it is all there is
 */
function withoutScripts(t, note) {
  const everything = { values: { has: () => true } };
  const figure = affineGraph(/** @type {any} */ ({ t, state: { scene: 'batch', inputs: { dout: [] } }, picture: everything }));
  const articles = Object.keys(scenes).map((name) => {
    const { name: title, prose } = t.scenes[name];
    const formulas = Object.values(operations[name] ?? {}).map((operation) => `<p class="formula">${mathml(operation)}</p>`);
    return `<article><h2>${title}</h2>${textOf(prose)}${name === 'batch' ? textOf(figure) : ''}${formulas.join('')}</article>`;
  });
  return `<noscript><main class="plain"><h1>layerlens</h1><p>${note}</p>${articles.join('')}</main></noscript>`;
}

for (const page of /** @type {(keyof typeof texts)[]} */ (Object.keys(pages))) {
  const html = readFileSync(`site/${page}`, 'utf8');
  const script = /<script type="module" crossorigin src="([^"]+)"/.exec(html)?.[1];
  if (!script) throw new Error(`site/${page}: expected one module script`);
  // A module is fetched with CORS, which a page in a sandbox, whose origin is none, doesn't get from most hosts. A plain script is not.
  const path = new URL(script, `file:///${page}`).pathname;
  const code = readFileSync(`site${path}`, 'utf8').replaceAll('import.meta.url', 'scriptURL');
  writeFileSync(`site${path}`, `(async scriptURL=>{${code}})(document.currentScript.src);\n`);
  const finished = html
    .replace('<meta charset="utf-8" />', `$&\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace('type="module" crossorigin', 'defer')
    .replaceAll(' crossorigin', '')
    .replace(/<noscript>(.*)<\/noscript>/, (_, note) => withoutScripts(texts[page], note));
  writeFileSync(`site/${page}`, finished);
}

// What the service worker keeps, and a version that changes with any of it.
const assets = readdirSync('site/assets').map((file) => `assets/${file}`);
const hash = createHash('sha256');
for (const file of [...Object.keys(pages), ...assets]) hash.update(readFileSync(`site/${file}`));
const files = [...Object.keys(pages).map((page) => page.replace('index.html', '')), ...assets];
const known = `const FILES = ${JSON.stringify(files)};\nconst VERSION = '${hash.digest('hex').slice(0, 16)}';\n`;
writeFileSync('site/service-worker.js', known + readFileSync('web/service-worker.js', 'utf8'));
