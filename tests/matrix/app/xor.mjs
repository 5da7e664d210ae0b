// What a program that uses the package does: it learns XOR, takes the network through a file, and checks its gradients.

const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
const t = [0, 1, 1, 0];

/** @param {any} ll a runtime @param {any} formats of layerlens/formats @param {any} reference of layerlens/reference */
export async function xor(ll, { restoreNetwork, saveSafetensors }, reference) {
  const net = ll.sequential(ll.affine(2, 8, { seed: 1, std: 1 }), ll.sigmoid(), ll.affine(8, 2, { seed: 2, std: 1 }));
  const loss = ll.softmaxCrossEntropy();
  const gradients = reference.gradientCheck(net, x, t, { loss }).ok;
  const losses = [];
  for await (const step of ll.train(net, loss, ll.adam({ lr: 0.05 }), x, t, { epochs: 300, batchSize: 4, seed: 3 })) {
    losses.push(step.loss);
  }
  const restored = restoreNetwork(ll, saveSafetensors(net));
  const learned = restored.forward(x).toArray().map(([zero, one]) => Number(one > zero));
  return { variant: ll.variant, gradients, losses: [losses[0], losses.at(-1)], learned };
}
