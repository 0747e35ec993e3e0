// Runs one command of src/cli after the other, as its parent says: { name, args } is answered with its exit code and
// what it printed. A query at its address has Node evaluate its module again, on modules that are loaded already.
let runs = 0;
const exit = process.exit;

process.on('message', async ({ name, args }) => {
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    process[stream].write = (chunk) => {
      printed[stream] += chunk;
      return true;
    };
  }
  process.exit = (code) => process.send({ code, ...printed });
  process.argv.splice(2, Infinity, ...args);
  await import(`../../dist/src/cli/${name}.js?run=${(runs += 1)}`);
});
process.on('disconnect', () => exit());
