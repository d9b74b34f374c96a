import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ambiguousNumbers } from "./ambiguous-numbers.ts";
import { classes } from "./classes.ts";
import { codes } from "./codes.ts";
import { dates } from "./dates.ts";
import { doubtfulDates } from "./doubtful-dates.ts";
import { dressedNumbers } from "./dressed-numbers.ts";
import { files } from "./files.ts";
import { headers } from "./headers.ts";
import { jsonFiles } from "./json.ts";
import { messages } from "./messages.ts";
import { missing } from "./missing.ts";
import { complaintsOf } from "./run-situation.ts";
import { sameColumns } from "./same-columns.ts";
import type { Situation } from "./situation.ts";
import { targets } from "./targets.ts";
import { truths } from "./truths.ts";

const topics: Readonly<Record<string, readonly Situation[]>> = {
  "numbers in dress": dressedNumbers,
  "numbers that could be several things": ambiguousNumbers,
  "missing values": missing,
  "yes and no": truths,
  "dates and times": dates,
  "doubtful dates": doubtfulDates,
  codes,
  classes,
  targets,
  "before, between and behind the rows": headers,
  JSON: jsonFiles,
  "what a path means": files,
  "one table in every format": sameColumns,
  "what is said of a fault": messages,
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-written-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(topics))("%s", (_, situations) => {
  it.each(situations)("$name", async (situation) => {
    const complaints = await complaintsOf(situation, await mkdtemp(join(folder, "situation-")));
    if (complaints.length > 0) expect.fail(complaints.join("\n"));
  });

  it("has situations with names of their own", () => {
    expect(new Set(situations.map(({ name }) => name)).size).toBe(situations.length);
  });
});

it("covers as many situations as were found in public reports, and their relatives", () => {
  expect(Object.values(topics).flat().length).toBeGreaterThanOrEqual(450);
});
