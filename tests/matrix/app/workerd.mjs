// A worker of workerd, which answers with what it came to.

import { load } from 'layerlens';
import * as formats from 'layerlens/formats';
import { reference } from 'layerlens/reference';
import { xor } from './xor.mjs';

export default { fetch: async () => Response.json(await xor(await load(), formats, reference)) };
