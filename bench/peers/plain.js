// Plain JavaScript: the textbook's loops over Float32Arrays, as a careful developer writes them. Arithmetic is JavaScript's own:
// to round each step to float32 (Math.fround) makes it slower. Over Float64Arrays it gives what all results are compared with.

import { LEARNING_RATE, labelOf } from '../rows.js';

// x (rows, ins), W (ins, outs), b (outs), y (rows, outs). Products in two forms, of which the faster is shown: element by
// element for tiny ones, row by row for the others, since that reads memory in order.

const byElement = {
  affineForward(y, x, W, b, rows, ins, outs) {
    for (let n = 0; n < rows; n++) {
      for (let o = 0; o < outs; o++) {
        let sum = b[o];
        for (let i = 0; i < ins; i++) sum += x[n * ins + i] * W[i * outs + o];
        y[n * outs + o] = sum;
      }
    }
  },

  /** dW = xᵀ · dout */
  weightGradient(dW, x, dout, rows, ins, outs) {
    for (let i = 0; i < ins; i++) {
      for (let o = 0; o < outs; o++) {
        let sum = 0;
        for (let n = 0; n < rows; n++) sum += x[n * ins + i] * dout[n * outs + o];
        dW[i * outs + o] = sum;
      }
    }
  },
};

export const byRow = {
  affineForward(y, x, W, b, rows, ins, outs) {
    for (let n = 0; n < rows; n++) {
      for (let o = 0; o < outs; o++) y[n * outs + o] = b[o];
      for (let i = 0; i < ins; i++) {
        const value = x[n * ins + i];
        for (let o = 0; o < outs; o++) y[n * outs + o] += value * W[i * outs + o];
      }
    }
  },

  weightGradient(dW, x, dout, rows, ins, outs) {
    dW.fill(0);
    for (let i = 0; i < ins; i++) {
      for (let n = 0; n < rows; n++) {
        const value = x[n * ins + i];
        for (let o = 0; o < outs; o++) dW[i * outs + o] += value * dout[n * outs + o];
      }
    }
  },
};

/** dx = dout · Wᵀ */
function inputGradient(dx, dout, W, rows, ins, outs) {
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < ins; i++) {
      let sum = 0;
      for (let o = 0; o < outs; o++) sum += dout[n * outs + o] * W[i * outs + o];
      dx[n * ins + i] = sum;
    }
  }
}

function biasGradient(db, dout, rows, outs) {
  db.fill(0);
  for (let n = 0; n < rows; n++) {
    for (let o = 0; o < outs; o++) db[o] += dout[n * outs + o];
  }
}

function sigmoidForward(y, x) {
  for (let i = 0; i < x.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
}

function sigmoidBackward(dx, dout, y) {
  for (let i = 0; i < y.length; i++) dx[i] = dout[i] * y[i] * (1 - y[i]);
}

/** Softmax and its gradient in one: dz = (softmax(z) − t) / rows. @returns {number} the mean loss */
function softmaxCrossEntropy(dz, z, rows, classes) {
  let loss = 0;
  for (let n = 0; n < rows; n++) {
    const row = n * classes;
    let max = z[row];
    for (let c = 1; c < classes; c++) if (z[row + c] > max) max = z[row + c];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      dz[row + c] = Math.exp(z[row + c] - max);
      sum += dz[row + c];
    }
    const label = labelOf(n, classes);
    for (let c = 0; c < classes; c++) dz[row + c] = (dz[row + c] / sum - (c === label ? 1 : 0)) / rows;
    loss += Math.log(sum) + max - z[row + label];
  }
  return loss / rows;
}

function descend(w, dw) {
  for (let i = 0; i < w.length; i++) w[i] -= LEARNING_RATE * dw[i];
}

const like = ({ data }, length = data.length) => new data.constructor(length);

/** @param {typeof byRow} form of the products */
export const tasksOf = ({ affineForward, weightGradient }) => ({
  affineForward({ x, W, b }) {
    const [rows, ins, outs] = [x.shape[0], ...W.shape];
    const y = like(x, rows * outs);
    const run = () => affineForward(y, x.data, W.data, b.data, rows, ins, outs);
    return { run, result: () => (run(), { y }) };
  },

  affineSigmoidForward({ x, W, b }) {
    const [rows, ins, outs] = [x.shape[0], ...W.shape];
    const y = like(x, rows * outs);
    const run = () => {
      affineForward(y, x.data, W.data, b.data, rows, ins, outs);
      sigmoidForward(y, y);
    };
    return { run, result: () => (run(), { y }) };
  },

  affineBackward({ x, W, b, dout }) {
    const [rows, ins, outs] = [x.shape[0], ...W.shape];
    const [dx, dW, db] = [like(x), like(W), like(b)];
    const run = () => {
      inputGradient(dx, dout.data, W.data, rows, ins, outs);
      weightGradient(dW, x.data, dout.data, rows, ins, outs);
      biasGradient(db, dout.data, rows, outs);
    };
    return { run, result: () => (run(), { dx, dW, db }) };
  },

  sigmoidForward({ x }) {
    const y = like(x);
    const run = () => sigmoidForward(y, x.data);
    return { run, result: () => (run(), { y }) };
  },

  sigmoidBackward({ x, dout }) {
    const [y, dx] = [like(x), like(x)];
    sigmoidForward(y, x.data);
    const run = () => sigmoidBackward(dx, dout.data, y);
    return { run, result: () => (run(), { dx }) };
  },

  trainStep({ x, W0, b0, W1, b1 }) {
    const [rows, ins, hidden, outs] = [x.shape[0], ...W0.shape, W1.shape[1]];
    const [a, da, z, dz] = [hidden, hidden, outs, outs].map((width) => like(x, rows * width));
    const [dW0, db0, dW1, db1] = [W0, b0, W1, b1].map((tensor) => like(tensor));
    const run = () => {
      affineForward(a, x.data, W0.data, b0.data, rows, ins, hidden);
      sigmoidForward(a, a);
      affineForward(z, a, W1.data, b1.data, rows, hidden, outs);
      const loss = softmaxCrossEntropy(dz, z, rows, outs);
      inputGradient(da, dz, W1.data, rows, hidden, outs);
      weightGradient(dW1, a, dz, rows, hidden, outs);
      biasGradient(db1, dz, rows, outs);
      sigmoidBackward(da, da, a);
      weightGradient(dW0, x.data, da, rows, ins, hidden);
      biasGradient(db0, da, rows, hidden);
      descend(W0.data, dW0);
      descend(b0.data, db0);
      descend(W1.data, dW1);
      descend(b1.data, db1);
      return loss;
    };
    return { run, result: () => ({ W0: W0.data, b0: b0.data, W1: W1.data, b1: b1.data }) };
  },
});

export const start = async (/** @type {'byRow' | 'byElement'} */ form) => ({ tasks: tasksOf({ byRow, byElement }[form]) });
