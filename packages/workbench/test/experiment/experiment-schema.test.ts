import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { experimentSchema } from "../../src/experiment/experiment-schema.ts";
import { parseExperiment } from "../../src/experiment/read-experiment.ts";

const examples = new URL("../../../../examples/", import.meta.url);
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(experimentSchema());

test("the schema beside the examples is what `nabla schema` prints", () => {
  const committed = readFileSync(new URL("experiment.schema.json", examples), "utf8");
  expect(committed).toBe(`${JSON.stringify(experimentSchema(), undefined, 2)}\n`);
});

test("every experiment among the examples names the schema and validates with it", () => {
  const files = readdirSync(examples).filter((name) => name.endsWith(".yaml"));
  expect(files).toContain("experiment.yaml");
  for (const name of files) {
    const text = readFileSync(new URL(name, examples), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=experiment.schema.json");
    expect(validate(parse(text)), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  }
});

const data = "data: a.csv\ntarget: y\n";

test.each([
  ["a typo", "optimiser: adam"],
  ["a kind that there is not", "optimizer: adm"],
  ["an option that its kind has not", "optimizer: { kind: adam, ratte: 1 }"],
  ["a number out of range", "keep: 1.5"],
  ["a fraction for a whole number", "epochs: 1.5"],
  ["text for a number", "batch: many"],
  ["a layer that there is not, in a list", "layers: [{ kind: densse, units: 3 }]"],
  ["a layer without what it needs", "layers: [dense]"],
  ["a bad option within an option", "schedule: { kind: warmup, epochs: 2, schedule: cosin }"],
])("%s is refused by the schema and by the reader", async (_what, line) => {
  expect(validate(parse(`${data}${line}`))).toBe(false);
  await expect(parseExperiment(`${data}${line}`, "e.yaml")).rejects.toThrow(/^e\.yaml, line 3, column \d+: /);
});

test.each([
  "penalty: 0.01",
  "penalty: { kind: elastic, l1: 1e-5 }",
  "split: 60/20/20",
  "split: { train: 0.8, dev: 0.2 }",
  "time: 30s",
  "image: 28x28x1",
  "hidden: []",
  "target: 7",
  "augment: [noise, { kind: rotate, degrees: 10 }]",
  "optimizer: { kind: accumulate, every: 4, optimizer: adam }",
])("%s is accepted by the schema and by the reader", async (line) => {
  const text = line.startsWith("target") ? `data: a.csv\n${line}` : `${data}${line}`;
  expect(validate(parse(text)), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  await expect(parseExperiment(text, "e.yaml")).resolves.toBeDefined();
});
