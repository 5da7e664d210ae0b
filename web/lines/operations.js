// What the steps of the scenes compute: the formula, and where the kernels compute it. tools/lines.js takes the lines from there.

/**
 * @typedef {object} Operation
 * @property {string} formula in TeX; \t{…} is a tensor, the first one the result
 * @property {[file: string, name: string, ...beginnings: string[]][]} c functions in src/, and how their lines begin that are shown
 * @property {Record<string, string>} names what the kernels' names stand for on the stage
 */

const names = { x: 'X', w: 'W', b: 'b', y: 'Y', dout: 'dY', dx: 'dX', dw: 'dW', db: 'db' };

/** @type {Record<string, Operation>} */
const affine = {
  'affine.y': {
    formula: String.raw`\t{Y} = \t{X} \cdot \t{W} + \t{b}`,
    c: [['affine.c', 'affine_forward', '.c =', '.a =', '.b =', '.start =']],
    names,
  },
  'affine.dx': {
    formula: String.raw`\t{dX} = \t{dY} \cdot \t{W}^\top`,
    c: [['affine.c', 'affine_backward_x', '.c =', '.a =', '.b =']],
    names,
  },
  'affine.dW': {
    formula: String.raw`\t{dW} = \t{X}^\top \cdot \t{dY}`,
    c: [['affine.c', 'affine_backward_w', '.c =', '.a =', '.b =']],
    names,
  },
  'affine.db': {
    formula: String.raw`\t{db} = \sum_i \t{dY}_i`,
    c: [['nodes.c', 'bias_backward', 'for (size_t j', 'for (size_t i']],
    names,
  },
};

/**
 * An elementwise node: its kernel calls `map` with a function of one element.
 * @param {string} formula
 * @param {[file: string, name: string]} kernel
 * @param {Record<string, string>} names
 * @param {Operation['c'][number]} element the function
 * @returns {Operation}
 */
const elementwise = (formula, kernel, names, element) => ({
  formula,
  c: [[...kernel, 'map('], element],
  names,
});

/**
 * The sigmoid as its four nodes.
 * @param {string} y
 * @param {string} dx
 * @returns {Record<string, Operation>}
 */
const opened = (y, dx) => ({
  'multiply.y': elementwise(
    String.raw`\t{neg.out} = \t{x} \cdot (-1)`,
    ['nodes.c', 'multiply_forward'],
    { x: 'x', y: 'neg.out' },
    ['map.h', 'times', 'return'],
  ),
  'exp.y': elementwise(
    String.raw`\t{exp.out} = \exp(\t{neg.out})`,
    ['nodes.c', 'exp_forward'],
    { x: 'neg.out', y: 'exp.out' },
    ['nodes.c', 'exponential', 'return'],
  ),
  'add.y': elementwise(
    String.raw`\t{add.out} = \t{exp.out} + 1`,
    ['nodes.c', 'add_forward'],
    { x: 'exp.out', y: 'add.out' },
    ['map.h', 'plus', 'return'],
  ),
  'reciprocal.y': elementwise(
    String.raw`\t{${y}} = 1 / \t{add.out}`,
    ['nodes.c', 'reciprocal_forward'],
    { x: 'add.out', y },
    ['nodes.c', 'divide', 'return'],
  ),
  'reciprocal.dx': elementwise(
    String.raw`\t{dadd.out} = \t{dout} \cdot (-\t{${y}}^2)`,
    ['nodes.c', 'reciprocal_backward'],
    { dout: 'dout', y, dx: 'dadd.out' },
    ['nodes.c', 'times_minus_square', 'return'],
  ),
  'add.dx': elementwise(
    String.raw`\t{dexp.out} = \t{dadd.out} \cdot 1`,
    ['nodes.c', 'add_backward'],
    { dout: 'dadd.out', dx: 'dexp.out' },
    ['map.h', 'times', 'return'],
  ),
  'exp.dx': elementwise(
    String.raw`\t{dneg.out} = \t{dexp.out} \cdot \t{exp.out}`,
    ['nodes.c', 'exp_backward'],
    { dout: 'dexp.out', y: 'exp.out', dx: 'dneg.out' },
    ['map.h', 'times', 'return'],
  ),
  'multiply.dx': elementwise(
    String.raw`\t{${dx}} = \t{dneg.out} \cdot (-1)`,
    ['nodes.c', 'multiply_backward'],
    { dout: 'dneg.out', dx },
    ['map.h', 'times', 'return'],
  ),
});

/**
 * The sigmoid as one node.
 * @param {{ x: string, y: string, dout: string, dx: string }} names
 * @returns {Record<string, Operation>}
 */
const sigmoid = ({ x, y, dout, dx }) => ({
  'sigmoid.y': {
    formula: String.raw`\t{${y}} = 1 / (1 + \exp(-\t{${x}}))`,
    c: [
      ['sigmoid.c', 'sigmoid_forward', 'sigmoid_block(y'],
      ['sigmoid.c', 'sigmoid_block', 'const f32x4 y_i'],
    ],
    names: { x, y, y_i: y },
  },
  'sigmoid.dx': elementwise(
    String.raw`\t{${dx}} = \t{${dout}} \cdot \t{${y}} \cdot (1 - \t{${y}})`,
    ['sigmoid.c', 'sigmoid_backward'],
    { dout, y, dx },
    ['sigmoid.c', 'sigmoid_derivative', 'return'],
  ),
});

/** The sigmoid after an affine layer, where a preset has one. */
const activation = sigmoid({ x: 'Y', y: 'out', dout: 'dout', dx: 'dY' });

/** @type {Record<string, Record<string, Operation>>} */
export const operations = {
  opened: opened('y', 'dx'),
  folded: { ...opened('opened.y', 'opened.dx'), ...sigmoid({ x: 'x', y: 'y', dout: 'dout', dx: 'dx' }) },
  sample: { ...affine, 'affine.db': { ...affine['affine.db'], formula: String.raw`\t{db} = \t{dY}` }, ...activation },
  batch: { ...affine, ...activation },
};
