// The modules offer what the header declares, and ask for nothing.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { exportsOf, modules, variants } from './harness.js';

const header = readFileSync(new URL('../../src/layerlens.h', import.meta.url), 'utf8');
const declared = [...header.matchAll(/\bEXPORT\((\w+)\)\(/g)].map(([, name]) => name);

variants.forEach((variant, number) => {
  test(`${variant}: exports the functions of layerlens.h, its memory and __heap_base`, () => {
    assert.ok(declared.includes('affine_forward'), 'the header was understood');
    const expected = [
      ...declared.map((name) => ({ name, kind: 'function' })),
      { name: 'memory', kind: 'memory' },
      { name: '__heap_base', kind: 'global' },
    ];
    const byName = (a, b) => (a.name < b.name ? -1 : 1);
    assert.deepEqual(WebAssembly.Module.exports(modules[variant]).sort(byName), expected.sort(byName));
  });

  test(`${variant}: imports nothing`, () => {
    assert.deepEqual(WebAssembly.Module.imports(modules[variant]), []);
  });

  test(`${variant}: says which build it is`, () => {
    assert.equal(exportsOf(variant).layerlens_variant(), number);
  });
});

for (const variant of ['simd', 'relaxed']) {
  test(`${variant} for threads: the same exports and two more, on a shared memory from outside`, () => {
    const module = new WebAssembly.Module(readFileSync(new URL(`../../build/threads/${variant}.wasm`, import.meta.url)));
    assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
    const names = (of) => WebAssembly.Module.exports(of).map(({ name }) => name).sort();
    assert.deepEqual(names(module), [...names(modules[variant]), '__stack_pointer', 'affine_backward_part'].sort());
    const unshared = new WebAssembly.Memory({ initial: 16, maximum: 16 });
    assert.throws(() => new WebAssembly.Instance(module, { env: { memory: unshared } }), WebAssembly.LinkError);
  });
}
