/** The index names every page and every technique, and nothing that is not there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPages } from "../../../../scripts/pages.ts";
import { techniques } from "../../../../scripts/techniques.ts";
import * as workbench from "../../../workbench/src/index.ts";
import * as answers from "../../src/answers/index.ts";
import type { Fields } from "../../src/base/field.ts";
import * as statistics from "../../src/base/statistics/index.ts";
import * as diagnose from "../../src/diagnose/index.ts";
import * as exchange from "../../src/exchange/index.ts";
import * as nabla from "../../src/index.ts";
import * as inPages from "../../src/predict/index.ts";
import * as reading from "../../src/reading/index.ts";
import * as testing from "../../src/testing/index.ts";
import * as tf1 from "../../src/tf1/index.ts";
import * as tune from "../../src/tune/index.ts";
import { root } from "./root.ts";

const pages = readPages(root);
const index = pages.find(({ name }) => name === "README")?.text ?? "";
const names = new Set(
  [nabla, inPages, answers, diagnose, exchange, reading, statistics, testing, tf1, tf1.train, tune, workbench].flatMap(
    (entry) => Object.keys(entry),
  ),
);

/** The rows of every table in a text, without heads. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const [topics = "", ofSkills = ""] = index.split("## The skills of the course");
const [head = [], ...others] = rowsOf(topics);
const rows = others.filter((row) => row.join() !== head.join());

test("F3 no cell of the index is empty", () => {
  expect(head).toEqual(["Topic", "API", "Command", "Tests"]);
  expect(rows.length).toBeGreaterThanOrEqual(33);
  for (const row of rows)
    expect(
      row.filter((cell) => cell.replace(/^[-–—]$/, "") !== ""),
      row[0],
    ).toHaveLength(4);
});

test("F3 the index leads to every page, and every technique's ID stands in it", () => {
  const linked = rows.map(([topic = ""]) => /\]\((.*)\.md\)$/.exec(topic)?.[1] ?? "");
  const written = pages.map(({ name }) => name).filter((name) => name !== "README");
  expect(linked.toSorted()).toEqual(written.toSorted());
  const ids = new Set([
    ...rows.flatMap(([, , , tests = ""]) => tests.split(", ")),
    ...(ofSkills.match(/\(F2\)/) ? ["F2"] : []),
  ]);
  expect(techniques.map(({ id }) => id).filter((id) => !ids.has(id))).toEqual([]);
});

test("F2 each skill of the course has its API, command, page and tests, and all of them exist", () => {
  const [top, ...skills] = rowsOf(ofSkills);
  expect(top).toEqual(["Skill", "API", "Command", "Page", "Tests"]);
  const words =
    /initialize.*L2.*dropout.*normalize batches.*check gradients.*mini-batches.*momentum.*rmsprop.*adam.*converge.*split.*bias and variance.*tensorflow/is;
  expect(skills.map(([skill = ""]) => skill).join("; ")).toMatch(words);
  for (const row of skills) {
    const [skill = "", api = "", command = "", page = "", tests = ""] = row;
    expect(
      row.filter((cell) => cell !== "" && !/^[-–—]$/.test(cell)),
      skill,
    ).toHaveLength(5);
    const called = Array.from(api.matchAll(/`(\w+)`/g), ([, name = ""]) => name);
    expect(called.length, skill).toBeGreaterThan(0);
    expect(
      called.filter((name) => !names.has(name)),
      skill,
    ).toEqual([]);
    expect(command, skill).toMatch(/^(`nabla [a-z-]+( --[a-z-]+)?`|in programs)$/);
    expect(pages.map(({ name }) => name)).toContain(/\]\((.*)\.md\)$/.exec(page)?.[1]);
    expect(
      tests.split(", ").filter((id) => !techniques.some((one) => one.id === id)),
      skill,
    ).toEqual([]);
  }
});

// that each technique has a test, `npm run techniques` says
test("F3 the other IDs of the index stand in tests", () => {
  const files = globSync("packages/*/test/**/*.test.ts", { cwd: root });
  const known = new Set(files.flatMap((file) => readFileSync(join(root, file), "utf8").match(/\b[A-Z]\d+\b/g) ?? []));
  const ids = rows.flatMap(([, , , tests = ""]) => tests.split(", "));
  const others = ids.filter((id) => !techniques.some((technique) => technique.id === id));
  expect(others.filter((id) => !known.has(id))).toEqual([]);
});

test("F3 every function that a page names is exported", () => {
  const named = rows.flatMap(([, api = ""]) => api.match(/\w+/g) ?? []);
  for (const { text } of pages) {
    for (const [api = ""] of rowsOf(text.split("```ts")[0] ?? "")) {
      for (const [, dot, name = ""] of api.matchAll(/(\.?)\b([a-z]\w*)\(/g)) if (dot === "") named.push(name);
      for (const [, name = ""] of api.matchAll(/`([a-z]\w*)`/g)) named.push(name);
    }
  }
  expect([...new Set(named)].filter((name) => !names.has(name))).toEqual([]);
});

test("F3 every command and option that a page names is there", () => {
  const sources = globSync("packages/workbench/src/commands/*.ts", { cwd: root }).map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  const fields: Fields = workbench.experimentFields;
  const flags = Object.entries(fields).map(([name, { option }]) => option && `${workbench.flagOf(name, { option })} `);
  // an option of one command alone is a field there
  const own = sources.flatMap((source) => [...source.matchAll(/fieldOption\("(\w+)"/g)].map(([, name = ""]) => name));
  sources.push([...flags, ...own.map((name) => `${workbench.flagOf(name, {})} `)].join("\n"));
  const commands = pages.flatMap(({ text }) =>
    [...text.matchAll(/`nabla ([a-z-]+)/g)].map(([, command = ""]) => command),
  );
  const options = pages.flatMap(({ text }) =>
    [...text.matchAll(/`nabla [a-z-]+[^`]*`/g)].flatMap(([line]) => line.match(/--[a-z-]+/g) ?? []),
  );
  for (const command of new Set(commands))
    expect(existsSync(join(root, `packages/workbench/src/commands/${command}.ts`)), command).toBe(true);
  const unknown = [...new Set(options)].filter(
    (option) => !sources.some((source) => new RegExp(`${option}[ "]`).test(source)),
  );
  expect(unknown).toEqual([]);
});

test("F3 every link and picture leads somewhere", () => {
  for (const { text, name } of pages) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g))
      expect(existsSync(join(root, "docs", target)), `${name}: ${target}`).toBe(true);
  }
});
