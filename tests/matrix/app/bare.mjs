// An import alone: its exit code is the number of things that would keep Node running.

import 'layerlens';
import 'layerlens/formats';
import 'layerlens/reference';
import 'layerlens/threads';
import 'layerlens/element';

setImmediate(() => {
  process.exit(process.getActiveResourcesInfo().length); // the files themselves have been closed by now
});
