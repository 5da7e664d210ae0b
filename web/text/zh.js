// 页面上的全部中文文字；英文见 text/en.js。

import { html } from 'lit-html';

export default {
  lang: 'zh',
  home: '../', // the way to the page's folder
  otherLanguage: { name: 'English', code: 'en', path: '../' },
  tagline: '逐个数字看懂反向传播',
  skip: '跳到演示区',
  scenesLabel: '场景',
  stageLabel: '演示区：方向键单步，空格键播放；在矩阵中，Shift 加方向键移动到相邻的单元格，Enter 键修改',
  presetLabel: '数值',
  presets: { book: '书中的例子', iris: '鸢尾花', zeros: '零', saturated: '饱和', overflow: '溢出', random: '随机', xor: '异或', moons: '双月', circles: '同心圆', spiral: '螺旋', A: 'A', B: 'B', C: 'C', D: 'D', E: 'E' },
  sizes: {
    n: { label: 'N', hint: '批中的数据个数' },
    inSize: { label: '输入', hint: '每个数据的输入个数' },
    outSize: { label: '输出', hint: '每个数据的输出个数' },
  },
  seed: '随机种子',
  presetNotes: {
    sigmoid: {
      zeros: 'x = 0 处 Sigmoid 最陡，斜率为 1/4。',
      saturated: '远处的 x = 20，y 接近 1，几乎不再变化：传回的梯度几乎为零。',
      overflow: 'x = −100 时，exp 超出 float32 的范围。',
    },
    affine: {
      zeros: '权重全为 0：dW 和 db 照常得到，但没有梯度传回 X。',
      saturated: '加权和太大，后面的 Sigmoid 已经平坦：梯度消失。',
      overflow: '有些数接近 float32 的上限 3.4e38：看看哪些和变成 ∞，哪些没有值。',
    },
  },
  reset: '重置',
  changes: '修改记录',
  undo: '撤销',
  redo: '重做',
  copyLink: '复制链接',
  copied: '已复制链接',
  loading: '正在加载计算内核……',
  backend: { relaxed: 'WASM 宽松 SIMD', simd: 'WASM SIMD', scalar: '不带 SIMD 的 WASM', reference: 'JavaScript' },
  computedBy: '这些数由谁计算；按下可测量一次传播的时间',
  passTime: (time) => `每次正反向 ${time}`,
  transport: {
    label: '播放控制',
    first: '第一步',
    back: '后退一步',
    play: '播放',
    pause: '暂停',
    forward: '前进一步',
    last: '最后一步',
    scrub: '步骤',
    speed: '速度',
  },
  passes: { forward: '正向传播', backward: '反向传播' },
  position: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
  legend: {
    value: '值，由正向传播写入',
    gradient: '它的梯度 ∂L/∂·，由反向传播写入',
    edit: '带虚线的数字可以修改：点击后输入，或按 ↑ ↓。',
  },
  cell: (tensor, i, j) => `${tensor}，第 ${i} 行，第 ${j} 列`,
  entry: (tensor, j) => `${tensor}，第 ${j} 个元素`,
  notYet: '尚未计算',
  comma: '，',
  stop: '。',
  notANumber: '无值',
  axis0: '沿第 0 轴求和，得到 db',
  axes: { N: '数据', in: '输入', out: '输出' },
  runningSum: '当前的和',
  upstream: '上游导数',
  local: '局部导数',
  result: '结果',
  plotTitle: 'Sigmoid 函数 y（实线）及其导数（虚线）',
  graphLabel: 'Sigmoid 的计算图',
  foldedLabel: '简化为一个节点的 Sigmoid',
  routes: { opened: '展开', folded: '简化', exact: 'float64' },
  affineGraphLabel: '计算图：dot 节点和 + 节点，边上流动的是矩阵',
  formulaLabel: '公式',
  numpyLabel: 'NumPy',
  errors: {
    number: (text) => `“${text}”不是数字。可以输入 2、-0.5、1e-3 或 1/3。原来的值不变。`,
    large: (text) => `${text} 超出了 float32 的范围。原来的值不变。`,
    pasted: (text) => `“${text}”不是每行长度相同的数字列表。原来的值不变。`,
    list: (tensor, shape, got) => `粘贴的列表形状为 ${got}，而 ${tensor} 的形状为 ${shape}。原来的值不变。`,
    link: '这个链接有一部分无法读取，缺少的部分使用预设值。',
    copy: '浏览器不允许本页复制。链接就是本页的地址。',
    noTraining: '训练需要 WebAssembly，而这个浏览器不支持。其他场景仍可使用。',
    training: (reason) => `训练无法运行。${reason}`,
  },
  puzzle: {
    name: '错误',
    question: '这次反向传播中有一行是错的，却照样运行。请逐步比较：哪个梯度不对？',
    choose: '哪一行是错的？',
    hint: '请先判断，再看答案。这里所有的加权和都是 0，Sigmoid 的斜率处处是 1/4，每个数都可以心算。',
    names: {
      mean: '用平均代替了求和',
      everything: '对所有元素求和',
      axis1: '沿另一个轴求和',
      transpose: '漏掉了转置',
      slope: '用输入代替了输出',
    },
    verdicts: { planted: '← 就是这一行', missed: '不是这一行' },
    hit: '找对了。',
    miss: '不是这一行。',
    wrong: '错误的一行',
    right: '正确的一行',
    why: {
      mean: (n) =>
        n === 1
          ? '只有一个数据时，平均就等于求和，所以这个错误在这里没有影响，任何检查都看不出来。请增加数据个数。'
          : `每个偏置被加到了 ${n} 个数据上，每个数据都传回一个导数，应该全部相加。平均值只有正确值的 1/${n}。`,
      everything: () => '求和时把各个输出也加到了一起，所有偏置得到同一个数。形状只是靠广播才对得上。',
      axis1: (n, outputs) =>
        n === outputs
          ? `这样把属于不同偏置的数加到了一起。数据个数恰好等于输出个数，所以形状 (${n},) 碰巧对得上。`
          : `这样把属于不同偏置的数加到了一起。这里形状就露出了破绽：(${n},) 不是 (${outputs},)。`,
      transpose: () => 'W 是方阵，所以不转置时 dY · W 的形状也对。换成别的大小，形状就对不上了。',
      slope: () =>
        'Sigmoid 的斜率是 y · (1 − y)，只由它的输出得到，这里却混入了输入。dX、dW、db 都由 dY 得到，所以也错了：要找反向传播中第一个出错的梯度。',
    },
    misfit: (n, outputs) => `得到的 db 形状为 (${n},)，而 b 的形状为 (${outputs},)：放不进去。`,
    steps: {
      Y: '正向传播：Y = X · W + b。',
      out: '正向传播：对每个加权和求 Sigmoid。',
      dY: '反向经过 Sigmoid，得到了 dY。它是 dout 乘以斜率吗？',
      dX: '得到了 dX。它的每一行是 dY 的一行乘以 Wᵀ 吗？',
      dW: '得到了 dW。它的每个数是 X 的一列乘以 dY 的一列吗？',
      db: '得到了 db。它的每个数是 dY 的一列之和吗？',
    },
  },
  check: {
    name: '梯度确认',
    hint: '把每个梯度与 float64 的结果和数值微分比较（G 键）',
    none: '梯度确认：还没有计算出梯度。',
    all: (count) => `梯度确认：${count} 个梯度全部正确。`,
    some: (wrong, count) => `梯度确认：${count} 个梯度中有 ${wrong} 个与数值微分不符。`,
    columns: {
      gradient: '梯度',
      kernel: '内核',
      float64: 'float64',
      difference: '中心差分',
      error: '相对误差',
      verdict: '',
    },
    right: '正确',
    wrong: '错误',
  },
  repairs: {
    transpose: (tensor) => `转置 ${tensor}`,
    resize: (shape) => `改成 ${shape}`,
    follow: (sizes) => `调整其余的形状：${sizes}`,
    undo: () => '撤销',
  },
  dismiss: '关闭这条消息',

  print: ['正向传播之后', '反向传播之后'],

  training: {
    figure: '数据点',
    hidden: '隐藏层神经元数',
    optimizer: '最优化方法',
    lr: '学习率',
    seed: '随机种子',
    planeLabel: '数据点，以及网络在平面各处给出的类别',
    kinds: ['类别 0', '类别 1'],
    boundary: '决策边界',
    curveLabel: '学习曲线：每次更新后的损失',
    update: '更新次数',
    loss: '损失，全部数据点',
    batchLoss: '损失，8 个数据的批',
    openHint: '点击：逐个数字查看这次更新',
    openLater: '尚未更新',
    open: (update) => `查看第 ${update} 次更新`,
    asTable: '用表格查看曲线',
    position: (step, steps) => `第 ${step} 次更新，共 ${steps} 次`,
    start: '还没有开始学习：权重是随机的。按 → 更新一次，按 ▶ 开始训练。',
    after: (step) => `更新了 ${step} 次，每次使用 8 个数据点。全部数据点的损失为`,
    note: (update, figure, hidden) =>
      `在“${figure}”上训练的第 ${update} 次更新：8 个数据点经过第一个 Affine 层和后面的 Sigmoid 层${hidden > 6 ? `（${hidden} 个隐藏神经元中的前 6 个）` : ''}。`,
    back: '返回训练',
  },

  narration: {
    notANumber: (out) => `${out} 没有值：途中出现了 ∞ − ∞ 或 0 · ∞。`,
    zeroTimesInfinity: (out) => `${out} 没有值：它是 0 · ∞，因为 exp 已超出 float32 的范围。真正的斜率几乎是 0。`,
    fromNotANumber: (out) => `传来的数没有值，所以 ${out} 也没有值。`,
    infinite: (out) => `${out} 超出了 float32 的范围（最大约 3.4e38），变成了 ∞。`,
    start: '尚未开始计算，这些是给定的数值。按 → 或 ▶ 走第一步。',
    broadcast: (n) => (n === 1 ? '偏置被复制到唯一的一行：这一行从它开始累加。' : `偏置被复制到全部 ${n} 行：每一行都从它开始累加。`),
    affineY: (out, i, j) =>
      i === undefined
        ? `X 与 W 的第 ${j} 列相乘，乘积加到 b[${j}] 上，得到 ${out}。`
        : `X 的第 ${i} 行与 W 的第 ${j} 列相乘，乘积加到 b[${j}] 上，得到 ${out}。`,
    affineDx: (out, i, j) =>
      i === undefined
        ? `dY 与 W 的第 ${j} 行（即 Wᵀ 的一列）相乘，乘积之和是 ${out}。`
        : `dY 的第 ${i} 行与 W 的第 ${j} 行（即 Wᵀ 的一列）相乘，乘积之和是 ${out}。`,
    affineDwOfOne: (out, x, dy) => `${x} 乘以 ${dy} 得到 ${out}：只有一个数据时，dW 是外积。`,
    affineDw: (out, i, j) =>
      `X 的第 ${i} 列（即 Xᵀ 的一行）与 dY 的第 ${j} 列相乘，各个数据的乘积之和是 ${out}。`,
    affineDb: (out, j, n) =>
      n === 1
        ? `b[${j}] 只被加到一个数据上，所以 ${out} 就是传回来的梯度。`
        : `b[${j}] 被加到了全部 ${n} 个数据上，所以 dY 的第 ${j} 列沿第 0 轴 ↓ 求和，得到 ${out}。是求和，不是平均。`,
    sigmoidY: (out) => `Sigmoid 把和压缩到 0 与 1 之间：${out}。`,
    sigmoidDx: (out) => `上游导数乘以 Sigmoid 自身的斜率 out · (1 − out)：${out}。`,
    foldedY: '四个节点合并成一个，从 x 直接得到 y：',
    foldedDx: '只用一个节点，dout · y · (1 − y) 得到',
    multiplyY: () => '× 节点乘以 −1，使 x 变号。',
    expY: () => 'exp 节点求 e 的 −x 次方。',
    addY: () => '+ 节点加 1。',
    reciprocalY: () => '取倒数，得到 y，也就是 x 的 Sigmoid 值。',
    reciprocalDx: () => '反向经过 1/x：上游导数乘以 −1/x²，即 −y²。',
    addDx: () => '反向经过 +：导数原封不动地传下去。',
    expDx: () => '反向经过 exp：乘以节点自己的输出。',
    multiplyDx: () => '反向经过 ×：乘以另一个输入 −1。这就是 dx，即 Sigmoid 的斜率乘以 dout。',
  },

  verdicts: {
    same: () => '两条路线得到相同的 float32。',
    rounding: () => '两条路线只在末几位不同，因为每个节点都要舍入。',
    openedUndefined: () => '展开的路线没有值：exp 超出了 float32 的范围，接着出现 ∞ · 0。简化后的节点不会遇到 ∞。',
    foldedLost: () => '在 float32 中这里的 y 就是 1，所以 1 − y 是 0：简化后的节点丢失了斜率，展开的路线保住了它。',
    foldedOff: (off) => `y 接近 1，1 − y 剩下的有效数字很少：简化后的节点偏差 ${off} %，展开的路线是对的。`,
    openedLost: () => 'y² 小得无法用 float32 表示：展开的路线丢失了斜率，简化后的节点保住了它。',
    openedOff: (off) => `y² 太小，float32 剩下的有效数字很少：展开的路线偏差 ${off} %。`,
  },

  scenes: {
    train: {
      name: '训练',
      prose: html`
        <p>
          Affine 层 → Sigmoid 层 → Affine 层 → Softmax 与交叉熵误差：输入两个坐标，输出每个类别的得分。损失函数表示得分与正确类别相差多少。
        </p>
        <p>
          一次<em>更新</em>使用 8 个数据点：<b class="forward">正向传播</b>求出损失，<b class="backward">反向传播</b>求出梯度，再把所有权重沿梯度的反方向移动一点。移动多少由学习率决定，怎样移动由最优化方法决定。
        </p>
        <ul>
          <li>学习率过小，学得太慢；过大，损失会来回跳动。</li>
          <li>只有 2 个隐藏神经元时，只有 XOR 能分开，而且要看随机种子；有 6 个时，连螺旋也能分开。</li>
          <li>每一批的数据点不同，所以批的损失有噪声。</li>
        </ul>
        <p>点击曲线，就会打开那一次更新：当时输入的数字和求出的梯度。随机种子相同，训练过程就完全相同，所以训练也可以一步步后退。</p>
      `,
    },
    opened: {
      name: '展开的 Sigmoid',
      prose: html`
        <p>
          Sigmoid 函数 <i>y</i> = 1 / (1 + exp(−<i>x</i>)) 可以画成计算图：四个简单的节点排成一行，乘以 −1、exp、加 1、取倒数。每个节点的导数都很容易求出。
        </p>
        <p><b class="forward">正向传播</b>时，数字从 <i>x</i> 流向 <i>y</i>，每个节点把结果留在后面的边上。</p>
        <p>
          <b class="backward">反向传播</b>时，上游导数 ∂L/∂<i>y</i> 从 <i>y</i> 传入。每经过一个节点，就乘以该节点的<em>局部导数</em>，再传向 <i>x</i>：
        </p>
        <ul>
          <li><code>1/x</code> 节点乘以 −<i>y</i>²；</li>
          <li><code>+</code> 节点原封不动地传下去；</li>
          <li><code>exp</code> 节点乘以自己的输出；</li>
          <li><code>×</code> 节点乘以另一个输入 −1。</li>
        </ul>
        <p>
          合在一起：∂L/∂<i>x</i> = ∂L/∂<i>y</i> · <i>y</i>² · exp(−<i>x</i>)，也就是 ∂L/∂<i>y</i> · <i>y</i> (1 − <i>y</i>)。所以反向传播时，这一层只需要自己的输出。
        </p>
      `,
    },
    folded: {
      name: '简化的 Sigmoid',
      prose: html`
        <p>
          四个节点不必一个一个地计算。把它们的局部导数相乘，得到 −<i>y</i>² · 1 · exp(−<i>x</i>) · (−1)，即 <i>y</i>² ·
          exp(−<i>x</i>)，也就是 <i>y</i> (1 − <i>y</i>)。
        </p>
        <p>
          于是它们可以简化成一个节点。<b class="forward">正向传播</b>时从 <i>x</i> 得到 <i>y</i> 并保存
          <i>y</i>；<b class="backward">反向传播</b>时只需要它：d<i>x</i> = dout · <i>y</i> (1 − <i>y</i>)。
        </p>
        <p>在纸上，两条路线相同。float32 只有 24 位精度，在边缘处两者会分开：</p>
        <ul>
          <li><i>x</i> = −100 时，exp(100) 太大，变成 ∞。反向传播时 ∞ 遇到 0，展开的计算图就没有值了；简化后的节点得到正确的 3.784e−44。</li>
          <li><i>x</i> = 20 时，<i>y</i> 被舍入为 1，1 − <i>y</i> 为 0。简化后的节点丢失了斜率 2.061e−9，展开的计算图保住了它。</li>
        </ul>
      `,
    },
    sample: {
      name: 'Affine 层：一个数据',
      prose: html`
        <p>
          Affine 层是矩阵乘积加偏置：<b>Y</b> = <b>X</b>·<b>W</b> + <b>b</b>。相邻维度的元素个数必须一致：(2,) · (2, 3) 得到 (3,)。
        </p>
        <p><b class="forward">正向传播</b>时，每个输出是一个加权和：输入乘以 W 的一列，再加上偏置。</p>
        <p><b class="backward">反向传播</b>时，传入的是 dY，每个输出一个导数；传出三个梯度：</p>
        <ul>
          <li>d<b>X</b> = d<b>Y</b>·<b>W</b>ᵀ；</li>
          <li>d<b>W</b> = <b>X</b>ᵀ·d<b>Y</b>，只有一个数据时是外积；</li>
          <li>d<b>b</b> = d<b>Y</b>。</li>
        </ul>
        <p>梯度的形状总与它的值相同。这里每个梯度都写在对应数字的下面，形状错了就无处可放。</p>
        <p>
          可以粘贴 NumPy 打印出的整个矩阵。试试把形状不同的矩阵粘贴到 W 上，例如 <code>[[1, 2], [3, 4], [5, 6]]</code>，看看哪里对不上。
        </p>
      `,
    },
    batch: {
      name: '批版本的 Affine 层',
      prose: html`
        <p>
          神经网络一次从多个数据中学习。每个数据是 <b>X</b> (N, 输入) 的一行，<b>Y</b> = <b>X</b>·<b>W</b> + <b>b</b>
          中也各有一行。所有的行用的是<em>同一个</em> W 和同一个 b。
        </p>
        <p>
          <b class="forward">正向传播</b>时，偏置被复制到全部 N 行。<b class="backward">反向传播</b>时，复制就变成了求和：
        </p>
        <ul>
          <li>d<b>X</b> = d<b>Y</b>·<b>W</b>ᵀ，每个数据一行；</li>
          <li>d<b>W</b> = <b>X</b>ᵀ·d<b>Y</b>，对所有数据求和；</li>
          <li>d<b>b</b> = d<b>Y</b> 沿第 0 轴（数据的轴）求和。不是平均。</li>
        </ul>
        <p>
          用书中的数字，dY = [[1, 2, 3], [4, 5, 6]] 得到 db = [5, 7, 9]。用鸢尾花数据，每朵花的四个实测值经过 Affine 层和 Sigmoid
          层，变成三个得分，每个品种一个。
        </p>
      `,
    },
    mistake: {
      name: '找出错误',
      prose: html`
        <p>带有错误的反向传播大多照样运行，损失甚至也会下降，只是效果变差。常见的错误有五种，这里埋下了其中一种。</p>
        <p>
          请逐步运行，把每个<b class="backward">梯度</b>与应有的值比较，判断哪一行是错的。然后页面给出答案，并标出每一个与损失的变化不符的数。
        </p>
        <p>
          梯度的形状总与它的值相同，检查形状就能发现大多数错误。这里所有的大小都是 3，形状看不出问题。能发现其余错误的是梯度确认：让一个数稍微变化，看损失变化多少。
        </p>
      `,
    },
  },
};
