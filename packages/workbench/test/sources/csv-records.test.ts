import fc from "fast-check";
import { expect, it } from "vitest";
import { csvRecords } from "../../src/sources/csv-records.ts";
import { dataFile } from "../../src/sources/data-file.ts";
import { filesForTests } from "./files.ts";

const file = filesForTests();

it("counts the fields of any records, quoted or not, with any line end", async () => {
  const cell = fc.oneof(
    fc.stringMatching(/^[a-z0-9 ]{0,6}$/),
    fc.string({ maxLength: 8, unit: "grapheme" }).map((text) => `"${text.replaceAll('"', '""')}"`),
  );
  const record = fc.array(cell, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      async (records, lineBreak) => {
        const content = records.map((cells) => cells.join(",") + lineBreak).join("");
        const found = [];
        for await (const { row, fields, fault } of csvRecords(await dataFile(await file("any.csv", content)), ","))
          found.push({ row, fields, fault });
        expect(found).toEqual(records.map((cells, i) => ({ row: i + 1, fields: cells.length, fault: undefined })));
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});
