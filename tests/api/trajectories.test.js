// How networks learn, step after step, against PyTorch in float64: what tests/golden/training.py computed from the same float32
// numbers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { assertClose, testEach } from './harness.js';

const { networks, trajectories } = JSON.parse(readFileSync(new URL('../golden/training.json', import.meta.url), 'utf8'));

// In float32, PyTorch itself is off by up to 4e-7 of a loss, 2e-6 of a parameter and 5e-6 of the largest number of a state.
const TOLERANCE = 1e-5;
/** Of the reference, which computes in float64: the file has ten digits. */
const REFERENCE_TOLERANCE = 1e-9;

/** The file has the shortest decimals that stand for a float32, which float64 would read as other numbers. */
const toFloat32 = (list) => (Array.isArray(list) ? list.map(toFloat32) : Math.fround(list));

/** Trains as PyTorch did, and compares losses and parameters at the steps that were recorded. */
function learn(runtime, { network, optimizer: name, options, steps }, tolerance, title) {
  const { activation, loss: kind, parameters, x, t } = networks[network];
  const affine = (i) => runtime.affine(toFloat32(parameters[`${i}.W`]), toFloat32(parameters[`${i}.b`]));
  const net = runtime.sequential(affine(0), runtime[activation](), affine(2));
  const loss = runtime[kind]();
  const optimizer = runtime[name](options);
  const [inputs, targets] = [x, t].map(toFloat32);

  const check = (actual, expected, what) =>
    assertClose(actual, expected, (i) => tolerance * Math.abs(expected.flat()[i]), `${title}, ${runtime.variant}: ${what}`);
  let done = 0;
  for (const recorded of steps) {
    let value;
    for (; done < recorded.step; done++) {
      const batch = (done + 1) % inputs.length;
      value = loss.forward(net.forward(inputs[batch]), targets[batch]);
      net.backward(loss.backward());
      optimizer.step(net);
    }
    check([value], [recorded.loss], `loss of step ${done}`);
    assert.deepEqual(net.parameters.map((parameter) => parameter.name), Object.keys(recorded.parameters));
    for (const parameter of net.parameters) {
      check(parameter.value.data, recorded.parameters[parameter.name], `${parameter.name} after step ${done}`);
    }
  }
  return { net, optimizer, done };
}

for (const trajectory of trajectories) {
  const { network, optimizer, options, steps, state } = trajectory;
  const title = `${network}, ${optimizer}(${Object.entries(options).map(([key, value]) => `${key} ${value}`).join(', ')})`;
  const recorded = steps.map(({ step }) => step).join(', ');

  testEach(`${title}: losses and parameters of steps ${recorded}, and the state, are PyTorch's`, (ll, variant) => {
    const { net, optimizer: stepper, done } = learn(ll, trajectory, TOLERANCE, title);
    const kept = stepper.state(net);
    assert.deepEqual(kept.map(({ name, step }) => [name, step]), Object.keys(state).map((name) => [name, done]));
    for (const { name, tensors } of kept) {
      assert.deepEqual(Object.keys(tensors), Object.keys(state[name]));
      for (const [part, tensor] of Object.entries(tensors)) {
        const expected = state[name][part].flat();
        // Of the largest: what follows the gradients passes through 0, and their rounding errors don't.
        const tolerance = TOLERANCE * Math.max(...expected.map(Math.abs));
        assertClose(tensor.data, expected, () => tolerance, `${title}, ${variant}: ${part} of ${name}`);
      }
    }
  });

  test(`${title}: losses and parameters of the reference are PyTorch's`, () => {
    learn(reference, trajectory, REFERENCE_TOLERANCE, title);
  });
}
