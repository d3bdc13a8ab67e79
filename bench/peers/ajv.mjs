// A peer of bench/schema: JSON.parse and Ajv, its validators compiled before anything is timed.
//
//   node ajv.mjs MODULES FORMATS serve SCHEMA EVENT     as bench_schema --serve
//   node ajv.mjs MODULES FORMATS verdicts SCHEMA        as bench_schema --verdicts
//
// MODULES is the folder in which npm has put ajv and ajv-formats, FORMATS "fast" or "full". Settings are
// those that Ajv's documentation calls the fastest: the first error ends it, nothing is logged, coerced
// or filled in; one validator a schema, optimized twice.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [modules, formats, what, schemaPath, eventPath] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const Ajv = require("ajv/dist/2020").default;
const ajv = new Ajv({
  strict: false, allErrors: false, validateFormats: true, unicodeRegExp: true, logger: false, messages: false,
  validateSchema: false, code: { optimize: 2 },
});
require("ajv-formats").default(ajv, { mode: formats });
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });

function serve() {
  let bytes = readFileSync(eventPath);
  if (bytes.at(-1) === 10) bytes = bytes.subarray(0, -1); // the file's, not the event's
  const value = JSON.parse(bytes.toString());
  const tasks = {
    whole: (times) => {
      let fine = true;
      for (let i = 0; i < times; i++) fine = validate(JSON.parse(bytes.toString())) && fine;
      return fine;
    },
    read: (times) => {
      let fine = true;
      for (let i = 0; i < times; i++) fine = JSON.parse(bytes.toString()) !== undefined && fine;
      return fine;
    },
    verdict: (times) => {
      let fine = true;
      for (let i = 0; i < times; i++) fine = validate(value) && fine;
      return fine;
    },
  };
  lines.on("line", (line) => {
    const [task, times] = line.split(" ");
    const start = process.cpuUsage();
    if (!tasks[task](Number(times))) throw new Error("the event is not valid by its schema");
    const spent = process.cpuUsage(start);
    process.stdout.write(`${(spent.user + spent.system) * 1000}\n`);
  });
}

if (what === "serve") serve();
else lines.on("line", (line) => process.stdout.write(validate(JSON.parse(line)) ? "valid\n" : "invalid\n"));
