// The same with the package's own threads.

import { load } from 'layerlens/threads';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

const ll = await load({ threads: 2 });
console.log(JSON.stringify(await xor(ll, formats, reference)));
ll.dispose();
