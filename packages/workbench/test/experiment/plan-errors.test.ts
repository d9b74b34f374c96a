import { expect, test } from "vitest";
import { planExperiment } from "../../src/experiment/plan.ts";
import { filesForTests, lines, rejected } from "../sources/files.ts";

const file = filesForTests();

test("an error after reading carries what was noticed, once", async () => {
  const text = (i: number): string => `nice${i} home${i} view${i},${i}.5`;
  const data = await file("text.csv", lines("description,price", 60, text));
  const error = await rejected(planExperiment({ data, target: "price" }));
  expect(error.code).toBe("data/no-inputs");
  expect(error.message).toMatch(/left out: description \(text\)$/);
  expect(error.hint).toMatch(/--column description=text/);
  const noticed = error.notices.filter(({ message }) => message.includes("description"));
  expect(noticed.map(({ code }) => code)).toEqual(["data/text"]);
});

test("a target alone is named", async () => {
  const data = await file(
    "alone.csv",
    lines("price", 60, (i) => `${i}.5`),
  );
  const error = await rejected(planExperiment({ data, target: "price" }));
  expect(error.message).toBe("alone.csv has one column, the target price, and nothing to predict it from");
});
