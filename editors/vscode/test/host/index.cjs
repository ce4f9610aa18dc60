// The tests that run in the extension host, one after the other, each by its name.
const { test, runAll } = require('./harness.cjs');

for (const file of ['commands', 'language', 'preview']) {
  require(`./${file}.test.cjs`)(test);
}
exports.run = runAll;
