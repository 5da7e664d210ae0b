import { useEffect, useRef, useState } from 'react';
import { load } from 'layerlens';

const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
const wanted = [[0], [1], [1], [0]];

/** A network learns XOR; each frame shows where it stands. */
export function Xor() {
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState({ epoch: 0, loss: NaN, y: [] });
  const training = useRef(new AbortController());
  useEffect(() => () => training.current.abort(), []); // the component goes, and so does its training

  async function train() {
    setBusy(true);
    training.current = new AbortController();
    const { signal } = training.current;
    const ll = await load(); // here or in an effect, never while rendering
    try {
      const net = ll.sequential(ll.affine(2, 4, { seed: 1, std: 1 }), ll.sigmoid(), ll.affine(4, 1, { seed: 2, std: 1 }), ll.sigmoid());
      const options = { epochs: 1000, batchSize: 4, signal };
      for await (const { epoch, loss } of ll.train(net, ll.meanSquaredError(), ll.adam({ lr: 0.05 }), x, wanted, options)) {
        if (epoch % 10 > 0) continue;
        setShown({ epoch, loss, y: net.forward(x).toArray() }); // a copy: the tensor's numbers go with the next forward
        await new Promise(requestAnimationFrame);
      }
    } finally {
      ll.dispose(); // with all of its tensors and layers
    }
    setBusy(false);
  }

  return (
    <section>
      <table>
        <thead>
          <tr><th>x₀</th><th>x₁</th><th>wanted</th><th>output</th></tr>
        </thead>
        <tbody>
          {x.map(([a, b], i) => (
            <tr key={i}><td>{a}</td><td>{b}</td><td>{wanted[i][0]}</td><td>{shown.y[i]?.[0].toFixed(3) ?? '?'}</td></tr>
          ))}
        </tbody>
      </table>
      <button onClick={train} disabled={busy}>Train</button>{' '}
      <output>{shown.epoch ? `step ${shown.epoch}: loss ${shown.loss.toFixed(4)}` : 'not yet trained'}</output>
    </section>
  );
}
