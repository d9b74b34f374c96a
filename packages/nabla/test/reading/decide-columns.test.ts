import { expect, test } from "vitest";
import { decideColumns, writtenColumn } from "../../src/reading/index.ts";

test("decimal commas in one column show what points and commas mean in the others", () => {
  const columns = [
    writtenColumn("height", ["1,62", "1,7", "2,05"]),
    writtenColumn("people", ["81.382", "1.234", "12.000"]),
    writtenColumn("share", ["1,234", "5,678", "0,5"]),
    writtenColumn("weight", ["1,234", "5,678", "9,000"]),
    writtenColumn("age", ["12", "30", "41"]),
  ];
  const found = decideColumns(columns);
  expect(found.map(({ reading }) => reading)).toEqual([
    { as: "number", decimal: "," },
    { as: "number", decimal: ",", grouping: "." },
    { as: "number", decimal: "," },
    { as: "number", decimal: "," },
    { as: "number" },
  ]);
  expect(found.map(({ notices }) => notices.map(({ code }) => code))).toEqual([
    ...[[], ["data/ambiguous-number"], [], ["data/ambiguous-number"], []],
  ]);
  expect(found[1]?.range).toMatchObject({ minimum: 1234, maximum: 81382 });
  expect(found[1]?.notices[0]?.message).toContain("--column people=number:point");
});

test("without decimal commas points stay points", () => {
  const [people, amount] = decideColumns([
    writtenColumn("people", ["81.382", "1.234"]),
    writtenColumn("amount", ["1,234", "25,000"]),
  ]);
  expect(people).toMatchObject({ reading: { as: "number" }, notices: [] });
  expect(amount?.reading).toEqual({ as: "number", grouping: "," });
});

test("the order of dates in one column decides another, and what the user says goes before", () => {
  const columns = [
    writtenColumn("born", ["25/12/1990", "01/02/1991"]),
    writtenColumn("died", ["01/02/2020", "03/04/2021"]),
  ];
  expect(decideColumns(columns).map(({ reading }) => reading)).toEqual([
    { as: "date", order: "dmy" },
    { as: "date", order: "dmy" },
  ]);
  const said = decideColumns(columns, (name) => (name === "died" ? { as: "date:mdy" } : {}));
  expect(said[1]?.reading).toEqual({ as: "date", order: "mdy" });
});
