// A require alone: its exit code is the number of things that would keep Node running.

for (const entry of ['', '/formats', '/reference', '/threads', '/element']) require(`layerlens${entry}`);

setImmediate(() => {
  process.exit(process.getActiveResourcesInfo().length); // the files themselves have been closed by now
});
