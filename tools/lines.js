// A Vite plugin: the three lines below the stage. Formulas become MathML, and the C and NumPy lines are taken from the sources when
// the page is built, so that they are what runs; a line that is no longer there fails the build.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import temml from 'temml';
import { operations } from '../web/lines/operations.js';

/** @typedef {import('../web/lines/operations.js').Operation} Operation */
/** @typedef {{ text: string, link?: string }[]} Parts a line, cut so that each tensor in it is a part */
/** @typedef {{ source: string, link: string, parts: Parts }} Line link: the tensor that the whole line is about */

const NAME = 'virtual:lines';
const root = new URL('..', import.meta.url);

/** @param {string} path @param {string} code @returns {never} */
const missing = (path, code) => {
  throw new Error(`${path}: expected one line that begins with \`${code}\`; web/lines/operations.js names it`);
};

/**
 * The line of a function that begins in a certain way.
 * @param {string} path
 * @param {RegExp} head of the function, from the start of its line
 * @param {RegExp} end the first line that is no longer of it
 * @param {string} beginning
 */
function lineOf(path, head, end, beginning) {
  const lines = readFileSync(new URL(path, root), 'utf8').split('\n');
  const first = lines.findIndex((line) => head.test(line));
  const length = lines.slice(first + 1).findIndex((line) => end.test(line));
  const found = lines.flatMap((line, i) => (i > first && i <= first + length && line.trim().startsWith(beginning) ? [i] : []));
  if (first < 0 || found.length !== 1) return missing(path, beginning);
  return { source: `${path}:${found[0] + 1}`, code: lines[found[0]].trim() };
}

/**
 * @param {string} code
 * @param {(word: string) => string | undefined} tensorOf a word, unless a dot is before it
 * @returns {Parts}
 */
const cut = (code, tensorOf) =>
  code.split(/(?<![.\w])([A-Za-z_]\w*)/).map((text) => {
    const link = tensorOf(text);
    return link === undefined ? { text } : { text, link };
  });

/** The tensors in a formula, the result first. @param {Operation} operation */
const tensorsOf = ({ formula }) => Array.from(formula.matchAll(/\\t\{([^}]+)\}/g), ([, tensor]) => tensor);

/** @param {Operation} operation @returns {Line[]} */
function cLines(operation) {
  const { c, names } = operation;
  const [result] = tensorsOf(operation);
  const tensorOf = (/** @type {string} */ word) => (Object.hasOwn(names, word) ? names[word] : undefined);
  return c.flatMap(([file, name, ...beginnings]) =>
    beginnings.map((beginning) => {
      const { source, code } = lineOf(`src/${file}`, new RegExp(`^\\S.*\\b${name}\\(`), /^}/, beginning);
      const field = /^\.\w+ = (\w+)/.exec(code)?.[1];
      return { source, link: (field && tensorOf(field)) ?? result, parts: cut(code, tensorOf) };
    }),
  );
}

/** @param {string} scene @param {string} key @param {Operation} operation @returns {Line} */
function numpyLine(scene, key, operation) {
  const [result] = tensorsOf(operation);
  const all = new Map(Object.values(operations[scene]).flatMap(tensorsOf).map((tensor) => [tensor.replace('.', '_'), tensor]));
  const pass = key.endsWith('.y') ? 'forward' : 'backward';
  const beginning = `${result.replace('.', '_')} =`;
  const { source, code } = lineOf('web/lines/scenes.py', new RegExp(`^def ${scene}_${pass}\\(`), /^$/, beginning);
  return { source, link: result, parts: cut(code, (word) => all.get(word)) };
}

/** MathML, each tensor with its name. @param {Operation} operation */
export const mathml = ({ formula }) =>
  temml.renderToString(formula, { trust: true, throwOnError: true, macros: { '\\t': '\\data{link=#1}{\\text{#1}}' } });

/** The same as the code of a template, in which each tensor can be lit. @param {Operation} operation */
const template = (operation) =>
  `(link) => html\`${mathml(operation).replace(/ data-link="([^"]+)"/g, ' data-link="$1" tabindex="0" class=${link("$1")}')}\``;

function code() {
  const scenes = Object.entries(operations).map(([scene, table]) => {
    const entries = Object.entries(table).map(([key, operation]) => {
      const [c, numpy] = [cLines(operation), numpyLine(scene, key, operation)];
      return `'${key}': { formula: ${template(operation)}, c: ${JSON.stringify(c)}, numpy: ${JSON.stringify(numpy)} }`;
    });
    return `${scene}: { ${entries.join(',\n')} }`;
  });
  return `import { html } from 'lit-html';\nexport const lines = { ${scenes.join(',\n')} };\n`;
}

/** @returns {import('vite').Plugin} */
export const lines = () => ({
  name: 'layerlens-lines',
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  load(id) {
    if (id !== `\0${NAME}`) return undefined;
    const files = Object.values(operations).flatMap((table) => Object.values(table).flatMap(({ c }) => c.map(([file]) => `src/${file}`)));
    for (const file of new Set([...files, 'web/lines/scenes.py'])) this.addWatchFile(fileURLToPath(new URL(file, root)));
    return code();
  },
});
