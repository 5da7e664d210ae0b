// What `using` frees at the end of its block: it prints how many tensors there are inside, and after it.

import { load } from 'layerlens';

const ll = await load();
let inside;
{
  using x = ll.tensor([1, 2]);
  using net = ll.sequential(ll.affine(2, 1), ll.sigmoid());
  net.forward(x);
  inside = ll.memory().tensors;
}
console.log(`${inside} ${ll.memory().tensors}`);
