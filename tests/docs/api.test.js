// The API reference: what it says runs, and what is public stands in it.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import * as layerlens from 'layerlens';
import * as element from 'layerlens/element';
import * as formats from 'layerlens/formats';
import * as reference from 'layerlens/reference';
import * as threads from 'layerlens/threads';

import { run } from '../api/harness.js';

const types = new URL('../../dist/types/', import.meta.url);
const api = new URL('../../site/api/', import.meta.url);

/** The examples in the declarations, which editors show and typedoc turns into pages. */
const examples = readdirSync(types)
  .filter((file) => file.endsWith('.d.ts'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, types), 'utf8');
    return [...text.matchAll(/^ *\* @example\n(.*?)^ *\*(?:\/| @)/gms)].map(([, block], i) => ({
      name: `${file}, example ${i + 1}`,
      code: block.replace(/^ *\* ?/gm, ''),
    }));
  });

/** What an example says that it prints: behind `console.log(…)`, or in lines of their own. @param {string} code */
const promised = (code) => [...code.matchAll(/^(?:.*console\.log\(.*;)? ?\/\/ (.*)$/gm)].map(([, line]) => line);

/** An example of a method has a runtime at hand, `ll`; CommonJS is evaluated as a module, too. @param {string} code */
function complete(code) {
  if (/\bimport\b/.test(code)) return code;
  const require = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n";
  if (/\brequire\b/.test(code)) return require + code;
  return `import { load } from 'layerlens';\nconst ll = await load();\n${code}`;
}

test('there are examples, and each says what it prints', () => {
  assert.ok(examples.length >= 15, `${examples.length} examples`);
  for (const { name, code } of examples) assert.ok(promised(code).length > 0, `${name}:\n${code}`);
});

for (const { name, code } of examples) {
  test(`${name} prints what it says`, async () => {
    assert.equal(await run(complete(code)), `${promised(code).join('\n')}\n`, code);
  });
}

test('each public name has a page', () => {
  const modules = { layerlens, layerlens_formats: formats, layerlens_reference: reference, layerlens_threads: threads, layerlens_element: element };
  for (const [module, names] of Object.entries(modules)) {
    const page = readFileSync(new URL(`modules/${module}.html`, api), 'utf8');
    const links = [...page.matchAll(/href="\.\.\/((?:classes|functions|variables)\/[\w.]+\.html)"/g)].map(([, path]) => path);
    for (const name of Object.keys(names)) {
      const path = links.find((link) => link.endsWith(`.${name}.html`));
      assert.ok(path && existsSync(new URL(path, api)), `${name} of ${module}`);
    }
  }
});

test('its pages load nothing from elsewhere', () => {
  const pages = readdirSync(api, { recursive: true }).map(String).filter((file) => file.endsWith('.html'));
  assert.ok(pages.length > 30, `${pages.length} pages`);
  for (const file of pages) {
    const loaded = [...readFileSync(new URL(file, api), 'utf8').matchAll(/<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"/g)];
    assert.ok(loaded.length > 0, file);
    for (const [, address] of loaded) assert.doesNotMatch(address, /^(?:\w+:)?\/\//, file);
  }
});
