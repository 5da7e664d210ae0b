// A require alone: its exit code is the number of things that would keep Node running.

for (const entry of ['layerlens', 'layerlens/formats', 'layerlens/reference', 'layerlens/threads']) require(entry);

setImmediate(() => {
  process.exitCode = process.getActiveResourcesInfo().length; // the files themselves have been closed by now
});
