// Everything the page says, in English. text/zh.js says the same in Chinese.

import { html } from 'lit-html';

export default {
  lang: 'en',
  home: '', // the way to the page's folder
  otherLanguage: { name: '中文', code: 'zh-CN', path: 'zh/' },
  tagline: 'Backpropagation, number by number',
  skip: 'Skip to the stage',
  scenesLabel: 'Scenes',
  stageLabel: 'Stage: arrow keys step, space plays; in a matrix, Shift with an arrow key goes from cell to cell, and Enter edits',
  presetLabel: 'Numbers',
  presets: { book: 'book', iris: 'iris flowers', zeros: 'zeros', saturated: 'saturated', overflow: 'overflow', random: 'random', xor: 'XOR', moons: 'moons', circles: 'circles', spiral: 'spiral', A: 'A', B: 'B', C: 'C', D: 'D', E: 'E' },
  sizes: {
    n: { label: 'N', hint: 'samples in the batch' },
    inSize: { label: 'in', hint: 'inputs of each sample' },
    outSize: { label: 'out', hint: 'outputs of each sample' },
  },
  seed: 'Seed',
  presetNotes: {
    sigmoid: {
      zeros: 'At x = 0 the sigmoid is steepest: its slope is 1/4.',
      saturated: 'Far out, at x = 20, y is nearly 1 and hardly changes: what comes back is next to nothing.',
      overflow: 'At x = −100, exp leaves the range of a float32.',
    },
    affine: {
      zeros: 'All weights are 0: dW and db come out as ever, but nothing goes back to X.',
      saturated: 'The sums are so large that the Sigmoid behind them is flat: the gradients vanish.',
      overflow: 'Some numbers are near 3.4e38, the end of float32: see which sums become ∞, and which lose their value.',
    },
  },
  reset: 'Reset',
  changes: 'Changes',
  undo: 'Undo',
  redo: 'Redo',
  copyLink: 'Copy link',
  copied: 'Link copied',
  loading: 'Loading the kernels …',
  backend: {
    relaxed: 'WASM, relaxed SIMD',
    simd: 'WASM, SIMD',
    scalar: 'WASM without SIMD',
    reference: 'JavaScript',
  },
  computedBy: 'What computes these numbers. Press to measure one pass',
  passTime: (time) => `${time} a pass`,
  transport: {
    label: 'Playback',
    first: 'First step',
    back: 'One step back',
    play: 'Play',
    pause: 'Pause',
    forward: 'One step forward',
    last: 'Last step',
    scrub: 'Step',
    speed: 'Speed',
  },
  passes: { forward: 'forward', backward: 'backward' },
  position: (step, steps) => `step ${step} of ${steps}`,
  legend: {
    value: 'value, written by the forward pass',
    gradient: 'its gradient ∂L/∂·, written by the backward pass',
    edit: 'Numbers on a dotted line are yours: click one and type, or press ↑ ↓.',
  },
  cell: (tensor, i, j) => `${tensor}, row ${i}, column ${j}`,
  entry: (tensor, j) => `${tensor}, element ${j}`,
  notYet: 'not computed yet',
  comma: ', ',
  stop: '.',
  notANumber: 'no value',
  axis0: 'axis 0: summed into db',
  axes: { N: 'samples', in: 'inputs', out: 'outputs' },
  runningSum: 'sum so far',
  upstream: 'upstream',
  local: 'local',
  result: 'result',
  plotTitle: 'The sigmoid y (solid) and its derivative (dashed)',
  graphLabel: 'Computational graph of the sigmoid',
  foldedLabel: 'The sigmoid folded into one node',
  routes: { opened: 'opened', folded: 'folded', exact: 'float64' },
  affineGraphLabel: 'Computational graph: dot and + nodes, with matrices along the edges',
  formulaLabel: 'Formula',
  numpyLabel: 'NumPy',
  errors: {
    number: (text) => `“${text}” is not a number. Try 2, -0.5, 1e-3 or 1/3. The old value stays.`,
    large: (text) => `${text} is too large for a float32. The old value stays.`,
    pasted: (text) => `“${text}” is not a list of numbers with rows of equal length. The old values stay.`,
    list: (tensor, shape, got) => `The pasted list has shape ${got}, but ${tensor} has ${shape}. The old values stay.`,
    link: 'Some of this link could not be read; what is missing starts as the preset has it.',
    copy: 'The browser does not let this page copy. The link is the address of this page.',
    noTraining: 'Training needs WebAssembly, which this browser lacks. The other scenes work without it.',
    training: (reason) => `The training could not run. ${reason}`,
  },
  /** The puzzle of the mistake. */
  puzzle: {
    name: 'Mistake',
    question: 'One line of this backward pass is wrong, and it runs without complaint. Step through it and compare: which gradient is not what it should be?',
    choose: 'Which line was planted?',
    hint: 'Say first, then the page tells. All sums are 0 here, so the slope of the sigmoid is 1/4 everywhere: you can check every number in your head.',
    names: {
      mean: 'the mean in place of the sum',
      everything: 'the sum over everything',
      axis1: 'the sum over the other axis',
      transpose: 'a missing transpose',
      slope: 'the input in place of the output',
    },
    verdicts: { planted: '← this one', missed: 'not here' },
    hit: 'Found.',
    miss: 'Not that one.',
    wrong: 'planted',
    right: 'right',
    why: {
      mean: (n) =>
        n === 1
          ? 'With one sample the mean is the sum, so here the mistake changes nothing and no check can see it. Take more samples.'
          : `Each bias went into ${n} samples, and each of them sends its derivative back: all of them count. The mean is ${n} times too small.`,
      everything: () => 'The sum ran over the outputs as well, and one number was handed to all biases. Its shape fits by broadcasting alone.',
      axis1: (n, outputs) =>
        n === outputs
          ? `This adds up what belongs to different biases. With as many samples as outputs, the shape (${n},) fits by chance.`
          : `This adds up what belongs to different biases. Here the shape gives it away: (${n},) is not (${outputs},).`,
      transpose: () => 'W is square, so dY · W has the right shape even without its transpose. In any other size the shapes would not match.',
      slope: () =>
        'The sigmoid’s slope is y · (1 − y), made of its output alone; here its input slipped in. dX, dW and db follow from dY, so they are wrong too: look for the first wrong gradient on the way back.',
    },
    misfit: (n, outputs) => `db has come out with the shape (${n},), but b has (${outputs},): it has no place to go.`,
    steps: {
      Y: 'Forward: Y = X · W + b.',
      out: 'Forward: the sigmoid of each sum.',
      dY: 'Backward through the sigmoid: dY has been computed. Is it dout times the slope?',
      dX: 'dX has been computed. Is each of its rows a row of dY times Wᵀ?',
      dW: 'dW has been computed. Is each of its numbers a column of X times a column of dY?',
      db: 'db has been computed. Is each of its numbers the sum of a column of dY?',
    },
  },
  check: {
    name: 'Gradient check',
    hint: 'Compares each gradient with float64 and with how much the loss moves (key G)',
    none: 'Gradient check: no gradient has been computed yet.',
    all: (count) => `Gradient check: ${count === 1 ? 'the one gradient is right' : `all ${count} gradients are right`}.`,
    some: (wrong, count) => `Gradient check: ${wrong} of ${count} gradients ${wrong === 1 ? 'is' : 'are'} not what the loss does.`,
    columns: {
      gradient: 'gradient',
      kernel: 'kernel',
      float64: 'float64',
      difference: 'central difference',
      error: 'relative error',
      verdict: '',
    },
    right: 'right',
    wrong: 'wrong',
  },
  /** Ways to mend shapes that don't fit; about: the tensor, its shape or the sizes. */
  repairs: {
    transpose: (tensor) => `Transpose ${tensor}`,
    resize: (shape) => `Resize it to ${shape}`,
    follow: (sizes) => `Resize the others: ${sizes}`,
    undo: () => 'Undo',
  },
  dismiss: 'Close this message',

  print: ['After the forward pass', 'After the backward pass'],

  training: {
    figure: 'Points',
    hidden: 'Hidden units',
    optimizer: 'Optimiser',
    lr: 'Learning rate',
    seed: 'Seed',
    planeLabel: 'The points, and the class that the network gives to each place of the plane',
    kinds: ['class 0', 'class 1'],
    boundary: 'decision boundary',
    curveLabel: 'Learning curve: the loss after each update',
    update: 'update',
    loss: 'loss, all points',
    batchLoss: 'loss, batch of 8',
    openHint: 'Click: this update, number by number',
    openLater: 'No update yet',
    open: (update) => `Open update ${update}`,
    asTable: 'The curve as a table',
    position: (step, steps) => `update ${step} of ${steps}`,
    start: 'Nothing has been learned yet: the weights are random. Press → for one update or ▶ to train.',
    after: (step) => `After ${step} ${step === 1 ? 'update' : 'updates'}, each from 8 points, the loss over all points is`,
    note: (update, figure, hidden) =>
      `Update ${update} of the training on ${figure}: its 8 points in the first Affine layer and the Sigmoid behind it${hidden > 6 ? `, the first 6 of ${hidden} hidden units` : ''}.`,
    back: 'Back to the training',
  },

  /** What a step says in one sentence; i, j: the indices of the number that it writes. */
  narration: {
    notANumber: (out) => `${out} has no value: a difference of ∞ and ∞, or 0 · ∞, came up on the way.`,
    zeroTimesInfinity: (out) =>
      `${out} has no value: it would be 0 · ∞, since exp has left the range of a float32. The true slope is next to 0.`,
    fromNotANumber: (out) => `What came in has no value, and so ${out} has none either.`,
    infinite: (out) => `${out} is too large for a float32, which goes up to 3.4e38: it becomes ∞.`,
    start: 'Nothing has been computed yet: these are the numbers you give. Press → or ▶ for the first step.',
    broadcast: (n) => `The bias is copied to ${n === 1 ? 'the one row' : `all ${n} rows`}: the sum of each row starts from it.`,
    affineY: (out, i, j) =>
      i === undefined
        ? `X meets column ${j} of W; added to b[${j}], the products give ${out}.`
        : `Row ${i} of X meets column ${j} of W; added to b[${j}], the products give ${out}.`,
    affineDx: (out, i, j) =>
      i === undefined
        ? `dY meets row ${j} of W, a column of Wᵀ: the products add up to ${out}.`
        : `Row ${i} of dY meets row ${j} of W, a column of Wᵀ: the products add up to ${out}.`,
    affineDwOfOne: (out, x, dy) => `${x} times ${dy} gives ${out}: with one sample, dW is the outer product.`,
    affineDw: (out, i, j) =>
      `Column ${i} of X, a row of Xᵀ, meets column ${j} of dY: the samples’ products add up to ${out}.`,
    affineDb: (out, j, n) =>
      n === 1
        ? `b[${j}] went into one sample only, so ${out} is the gradient that came back to it.`
        : `b[${j}] went into all ${n} samples, so column ${j} of dY is summed along axis 0 ↓ into ${out}. Summed, not averaged.`,
    sigmoidY: (out) => `The sigmoid squeezes the sum into the range from 0 to 1: ${out}.`,
    sigmoidDx: (out) => `Upstream times the sigmoid’s own slope, out · (1 − out): ${out}.`,
    foldedY: 'The four nodes slide into one, which takes x to y at once:',
    foldedDx: 'In one node, dout · y · (1 − y) gives',
    multiplyY: () => 'Times −1: the sign of x is flipped.',
    expY: () => 'exp takes e to the power −x.',
    addY: () => '+ adds 1.',
    reciprocalY: () => 'The reciprocal gives y, the sigmoid of x.',
    reciprocalDx: () => 'Backward through 1/x: the upstream derivative times −1/x², which is −y².',
    addDx: () => 'Backward through +: the derivative goes on unchanged.',
    expDx: () => 'Backward through exp: times the node’s own output.',
    multiplyDx: () => 'Backward through ×: times the other input, −1. This is dx: dout times the slope of the sigmoid.',
  },

  /** How the two routes compare; off: the relative error of the worse one, in per cent. */
  verdicts: {
    same: () => 'Both routes give the same float32.',
    rounding: () => 'The routes differ in the last digits only, since each node rounds.',
    openedUndefined: () => 'The opened route has no value: exp has left the range of a float32, and ∞ · 0 follows. The folded node never meets ∞.',
    foldedLost: () => 'In float32 y is 1 here, so 1 − y is 0: the folded node loses the slope. The opened route keeps it.',
    foldedOff: (off) => `Next to 1, 1 − y has few digits left: the folded node is off by ${off} %. The opened route is right.`,
    openedLost: () => 'y² is too small for a float32 here: the opened route loses the slope. The folded node keeps it.',
    openedOff: (off) => `y² is so small that a float32 has few digits left for it: the opened route is off by ${off} %.`,
  },

  scenes: {
    train: {
      name: 'Training',
      prose: html`
        <p>
          Affine → Sigmoid → Affine → softmax with cross-entropy: two coordinates go in, a score for each class comes out. The
          loss says how far the scores are from the points’ classes.
        </p>
        <p>
          An <em>update</em> takes 8 points, runs <b class="forward">forward</b> to the loss and <b class="backward">backward</b>
          to the gradients, and moves all weights a little against them. How far is the learning rate; how exactly, the optimiser.
        </p>
        <ul>
          <li>A rate that is too small learns nothing in time; one that is too large jumps about.</li>
          <li>With 2 hidden units only XOR comes apart, and not from every seed; with 6 even the spiral does.</li>
          <li>The batch’s loss is noisy, since each batch holds other points.</li>
        </ul>
        <p>
          Click the curve: that very update opens, with the numbers that went in and the gradients that came out. The same seed
          gives the same training, so a training can also be stepped back.
        </p>
      `,
    },
    opened: {
      name: 'Sigmoid, opened',
      prose: html`
        <p>
          The sigmoid <i>y</i> = 1 / (1 + exp(−<i>x</i>)) is four small nodes in a row: times −1, exp, plus 1, and one over. Each
          is so simple that its derivative is known by heart.
        </p>
        <p>
          <b class="forward">Forward</b>, a number goes from <i>x</i> to <i>y</i>, and each node leaves its result on the edge behind it.
        </p>
        <p>
          <b class="backward">Backward</b>, the derivative ∂L/∂<i>y</i> comes in at <i>y</i>. At each node it is multiplied by
          that node’s <em>local</em> derivative and goes on towards <i>x</i>:
        </p>
        <ul>
          <li><code>1/x</code> multiplies by −<i>y</i>²,</li>
          <li><code>+</code> hands it on unchanged,</li>
          <li><code>exp</code> multiplies by its own output,</li>
          <li><code>×</code> multiplies by the other input, −1.</li>
        </ul>
        <p>
          Together: ∂L/∂<i>x</i> = ∂L/∂<i>y</i> · <i>y</i>² · exp(−<i>x</i>), which is ∂L/∂<i>y</i> · <i>y</i> (1 − <i>y</i>). For
          the backward pass the layer needs nothing but its own output.
        </p>
      `,
    },
    folded: {
      name: 'Sigmoid, folded',
      prose: html`
        <p>
          The four nodes need not be run one by one. Multiplied together, their local derivatives are −<i>y</i>² · 1 ·
          exp(−<i>x</i>) · (−1), which is <i>y</i>² · exp(−<i>x</i>), and that is <i>y</i> (1 − <i>y</i>).
        </p>
        <p>
          So they fold into one node. <b class="forward">Forward</b> it takes <i>x</i> to <i>y</i> and keeps <i>y</i>;
          <b class="backward">backward</b> it needs nothing else: d<i>x</i> = dout · <i>y</i> (1 − <i>y</i>).
        </p>
        <p>On paper the two routes are the same. With the 24 bits of a float32 they part at the edges:</p>
        <ul>
          <li>
            at <i>x</i> = −100, exp(100) is too large and becomes ∞. Backward, ∞ meets 0, and the opened graph has no value left;
            the folded node gives 3.784e−44, which is right.
          </li>
          <li>
            at <i>x</i> = 20, <i>y</i> is rounded to 1, and 1 − <i>y</i> is 0. The slope, 2.061e−9, is lost in the folded node; the
            opened graph keeps it.
          </li>
        </ul>
      `,
    },
    sample: {
      name: 'Affine, one sample',
      prose: html`
        <p>
          An Affine layer is a matrix product and a bias: <b>Y</b> = <b>X</b>·<b>W</b> + <b>b</b>. The inner sizes must match: (2,)
          · (2, 3) gives (3,).
        </p>
        <p>
          <b class="forward">Forward</b>, each output is a sum: the inputs times one column of W, added to the bias.
        </p>
        <p><b class="backward">Backward</b>, what comes in is dY, one derivative for each output, and three gradients go out:</p>
        <ul>
          <li>d<b>X</b> = d<b>Y</b>·<b>W</b>ᵀ,</li>
          <li>d<b>W</b> = <b>X</b>ᵀ·d<b>Y</b>, with one sample an outer product,</li>
          <li>d<b>b</b> = d<b>Y</b>.</li>
        </ul>
        <p>
          A gradient always has the shape of its value. Here each stands below the number that it belongs to, so that a wrong
          shape has no place to go.
        </p>
        <p>
          Whole matrices can be pasted as NumPy prints them. Paste a W of another shape, such as <code>[[1, 2], [3, 4], [5, 6]]</code>,
          and see what doesn’t fit.
        </p>
      `,
    },
    batch: {
      name: 'Affine, a batch',
      prose: html`
        <p>
          Networks learn from several samples at once. Each is a row of <b>X</b> (N, in), and <b>Y</b> = <b>X</b>·<b>W</b> +
          <b>b</b> has a row for each of them. Every row meets the <em>same</em> W and the same b.
        </p>
        <p>
          <b class="forward">Forward</b>, the bias is copied to all N rows. <b class="backward">Backward</b>, the copying turns
          into a sum:
        </p>
        <ul>
          <li>d<b>X</b> = d<b>Y</b>·<b>W</b>ᵀ, a row for each sample,</li>
          <li>d<b>W</b> = <b>X</b>ᵀ·d<b>Y</b>, which adds up over the samples,</li>
          <li>d<b>b</b> = the sum of d<b>Y</b> over axis 0, the axis of the samples. Not the mean.</li>
        </ul>
        <p>
          With the book’s numbers, dY = [[1, 2, 3], [4, 5, 6]] gives db = [5, 7, 9]. With the iris flowers, four real
          measurements of each flower run through Affine and then Sigmoid to three scores, one for each kind.
        </p>
      `,
    },
    mistake: {
      name: 'Find the mistake',
      prose: html`
        <p>
          A backward pass with a mistake in it still runs, mostly. The loss may even fall, only worse than it should. Five such
          mistakes are common, and one of them is planted here.
        </p>
        <p>
          Step through the passes, compare each <b class="backward">gradient</b> with what it should be, and say which line is
          wrong. Then the page tells, and marks every number that is not what the loss does.
        </p>
        <p>
          Shapes find most mistakes: a gradient always has the shape of its value. Here all sizes are 3, so that shapes say nothing.
          What finds the others is the gradient check: move a number a little, and see how much the loss moves.
        </p>
      `,
    },
  },
};
