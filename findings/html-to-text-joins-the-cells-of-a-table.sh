#!/usr/bin/env bash
# html-to-text 10.0.1, for the HTML of product descriptions in exports: the cells of a table are joined without a space, so
# that a table of sizes becomes "SizeMColourRed". Expected: a separator between two cells, as between two blocks.
# A selector for tables (`format: 'dataTable'`) adds spaces.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund html-to-text@10.0.1
cat >run.mjs <<'JS'
import assert from 'node:assert/strict';
import { convert } from 'html-to-text';

const description = '<table><tr><td>Size</td><td>M</td></tr><tr><td>Colour</td><td>Red</td></tr></table>';
const byDefault = convert(description);
const asData = convert(description, { selectors: [{ selector: 'table', format: 'dataTable' }] });
console.log({ byDefault, asData });
assert.equal(byDefault, 'SizeMColourRed');
assert.match(asData, /Size +M\n/);
JS
node run.mjs
