// CONTRIBUTING.md's steps, as edits of files.

import assert from 'node:assert/strict';

/** @typedef {{ path: string, find: string, replace: string }} Edit Without `find`, a new file. */

/**
 * Reads the blocks of code: a new file begins with a comment that names it; a patch names each file behind `+++`, and separates its
 * places by `@@`. A line begins with `+` if it is new, `-` if it goes, and a space if it stays; a `-` line and the `+` line after it
 * may be the beginning of a line.
 * @param {string} markdown
 * @returns {Edit[]}
 */
export function editsIn(markdown) {
  const blocks = [...markdown.matchAll(/^```(c|diff)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }));
  return blocks.flatMap(({ language, text }) => {
    if (language === 'c') {
      const [, path, replace] = text.match(/^\/\/ (\S+)\n(.*)$/s) ?? assert.fail(`no name in:\n${text}`);
      return { path, find: '', replace };
    }
    return text.split(/^\+\+\+ /m).slice(1).flatMap((file) => {
      const [path, ...rest] = file.split('\n');
      return rest.join('\n').split('@@\n').map((place) => {
        const lines = place.replace(/\n$/, '').split('\n');
        const side = (/** @type {string} */ gone) => lines.filter((line) => line[0] !== gone).map((line) => line.slice(1)).join('\n');
        return { path, find: side('+'), replace: side('-') };
      });
    });
  });
}

/**
 * @param {string} text
 * @param {Edit} edit
 */
export function apply(text, { path, find, replace }) {
  assert.equal(text.split(find).length, 2, `${path} must have this once:\n${find}`);
  return text.replace(find, () => replace);
}
