#!/usr/bin/env bash
# class-validator-jsonschema 5.2.0, which makes a JSON Schema of a class with class-validator's decorators: `@Min(1) @IsInt()` allows
# 1.5, since the type that belongs to Min, number, replaces integer; with IsInt above Min it stays. So do IsPositive and Max. The
# other way round, `@IsNumberString()` refuses the price "19.99", and `@IsDateString()` refuses "2026-12-24" and times without
# milliseconds, all of which class-validator 0.14.2 accepts. A shop that documents its API so, or checks forms by it, offers half a lamp
# and turns prices and days of delivery away.
# Expected: the same values as class-validator: an integer wherever IsInt stands, and numbers and dates as validator's isNumeric and
# isISO8601 take them.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund class-validator-jsonschema@5.2.0 class-validator@0.14.2 class-transformer@0.5.1 ajv@8.17.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const { Ajv } = require('ajv');
const { IsDateString, IsInt, IsNumberString, Min, validateSync } = require('class-validator');
const { validationMetadatasToSchemas } = require('class-validator-jsonschema');

/** As TypeScript compiles them: the decorator that is nearest to the property comes first. */
const decorate = (target, decorators) => decorators.reverse().forEach((decorator) => decorator(target.prototype, 'value'));
const classes = { MinInt: class MinInt {}, IntMin: class IntMin {}, Price: class Price {}, Day: class Day {} };
decorate(classes.MinInt, [Min(1), IsInt()]);
decorate(classes.IntMin, [IsInt(), Min(1)]);
decorate(classes.Price, [IsNumberString()]);
decorate(classes.Day, [IsDateString()]);
const schemas = validationMetadatasToSchemas();

const seen = [
  ['MinInt', 1.5],
  ['IntMin', 1.5],
  ['Price', '19.99'],
  ['Price', '19'],
  ['Day', '2026-12-24'],
  ['Day', '2026-12-24T10:00:00Z'],
].map(([name, value]) => {
  const validator = validateSync(Object.assign(new classes[name](), { value })).length === 0;
  return { name, value, validator, schema: new Ajv().validate(schemas[name], { value }) };
});
console.table(seen);
assert.deepEqual(seen.map(({ validator }) => validator), [false, false, true, true, true, true]);
assert.deepEqual(seen.map(({ schema }) => schema), [true, false, false, true, false, false]);
JS
node run.cjs
