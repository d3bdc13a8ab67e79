// The peer of tests/schema/differential: Ajv, in the protocol of schema_verdicts.
//
//   node ajv.mjs MODULES [--own] [--empty] [--exact] [--references] [--all] [--anchors] [--formats FILE]
//
// As it comes, or with what it is known to do otherwise than the specification put right, one by one
// (tests/schema/README.md says which and why): --own counts no inherited members, --empty requires the
// member "" when it is required, --exact divides decimals, --references ignores what stands beside "$ref"
// in draft-07, --all looks on after the first error, --anchors has pointers instead of names ("$id":
// "#name") in draft-07, --formats has [format, text, verdict] of texts that its formats judge otherwise.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [modules, ...options] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const classes = { 7: require("ajv").default, "2020-12": require("ajv/dist/2020").default };
const addFormats = require("ajv-formats").default;
const has = (name) => options.includes(name);
const texts = has("--formats") ? JSON.parse(readFileSync(options[options.indexOf("--formats") + 1], "utf8")) : [];

// A number as JSON.stringify writes it: digits and a power of ten.
function decimal(number) {
  const [mantissa, exponent] = String(number).split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent ?? 0) - fraction.length];
}

function divides(divisor, number) {
  const [a, aPower] = decimal(number), [b, bPower] = decimal(divisor);
  const least = Math.min(aPower, bPower);
  return (a * 10n ** BigInt(aPower - least)) % (b * 10n ** BigInt(bPower - least)) === 0n;
}

function withoutSiblings(schema) {
  if (Array.isArray(schema)) return schema.map(withoutSiblings);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = "$ref" in schema && typeof schema.$ref === "string" ? ["$ref", "definitions"] : Object.keys(schema);
  return Object.fromEntries(kept.filter((key) => key in schema).map((key) => [key, withoutSiblings(schema[key])]));
}

// The definition "dN" is the one that has the name "#anchorN".
function withoutAnchors(schema) {
  if (Array.isArray(schema)) return schema.map(withoutAnchors);
  if (schema === null || typeof schema !== "object") return schema;
  const out = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutAnchors(value)]));
  if (typeof out.$id === "string" && out.$id.startsWith("#")) delete out.$id;
  if (typeof out.$ref === "string") out.$ref = out.$ref.replace(/^#anchor/, "#/definitions/d");
  return out;
}

// "required" alone decides: lists of dependencies become schemas with it.
function withRequired(schema) {
  if (Array.isArray(schema)) return schema.map(withRequired);
  if (schema === null || typeof schema !== "object") return schema;
  const out = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withRequired(value)]));
  const lists = [];
  for (const keyword of ["dependencies", "dependentRequired"]) {
    if (out[keyword] === null || typeof out[keyword] !== "object" || Array.isArray(out[keyword])) continue;
    for (const [name, value] of Object.entries(out[keyword])) {
      if (!Array.isArray(value) || value.length === 0) continue;
      lists.push({ if: { required: [name] }, then: { required: value } });
      delete out[keyword][name];
    }
  }
  if (lists.length > 0) out.allOf = [...(out.allOf ?? []), ...lists];
  return out;
}

const made = new Map();
function ajvFor(draft, format) {
  const name = `${draft} ${format}`;
  if (made.has(name)) return made.get(name);
  const ajv = new classes[draft]({
    strict: false, validateFormats: format, unicodeRegExp: true, logger: false, addUsedSchema: false,
    ownProperties: has("--own"), allErrors: has("--all"),
  });
  addFormats(ajv, { mode: "full", keywords: false });
  for (const [which, text, verdict] of texts) {
    const before = ajv.formats[which];
    if (before === undefined || before === true) continue;
    const test = before instanceof RegExp ? (s) => before.test(s) : before.validate instanceof RegExp
      ? (s) => before.validate.test(s) : before.validate ?? before;
    ajv.addFormat(which, (s) => (s === text ? verdict : test(s)));
  }
  if (has("--exact")) {
    ajv.removeKeyword("multipleOf");
    ajv.addKeyword({
      keyword: "multipleOf", type: "number", schemaType: "number",
      metaSchema: { type: "number", exclusiveMinimum: 0 }, compile: (divisor) => (number) => divides(divisor, number),
    });
  }
  if (has("--empty")) {
    ajv.removeKeyword("required");
    ajv.addKeyword({
      keyword: "required", type: "object", schemaType: "array",
      compile: (names) => (value) => names.every((one) => Object.hasOwn(value, one)),
    });
  }
  made.set(name, ajv);
  return ajv;
}

function answer(request, schema) {
  const ajv = ajvFor(request.draft, request.format);
  let validate;
  try {
    if (has("--references") && request.draft === "7") schema = withoutSiblings(schema);
    if (has("--anchors") && request.draft === "7") schema = withoutAnchors(schema);
    if (has("--empty")) schema = withRequired(schema);
    validate = ajv.compile(schema);
  } catch (error) {
    return `refused ${String(error.message).replaceAll("\n", " ").slice(0, 300)}`;
  } finally {
    if (schema !== null && typeof schema === "object") ajv.removeSchema(schema);
    ajv.removeSchema(/./); // all but the meta-schemas
  }
  return request.instances.map((instance) => {
    try {
      return validate(instance) ? "v" : "i";
    } catch {
      return "e";
    }
  }).join("");
}

let request = null;
createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  if (request === null) {
    request = JSON.parse(line);
    return;
  }
  process.stdout.write(answer(request, JSON.parse(line)) + "\n");
  request = null;
});
