// Runs one command of src/cli after the other, for messages { name, args, env } of the parent; the answer is the exit code and
// the output. A new query in the module's URL makes Node evaluate the command again, with its imports still loaded.
let runs = 0;
const exit = process.exit;

process.on('message', async ({ name, args, env }) => {
  Object.assign(process.env, env);
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
