import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionsPage, writeOptionsPage } from "../options.ts";

test("the page of options says what the fields say; `npm run options` writes it anew", () => {
  expect(readFileSync(optionsPage, "utf8")).toBe(writeOptionsPage());
});
