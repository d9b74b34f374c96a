import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/reading/read-csv.ts";
import { cellsOf, sourceOf } from "./written.ts";

interface Situation {
  readonly what: string;
  readonly content: string;
  readonly names: readonly string[];
  /** The cells of the last column. */
  readonly last: readonly (number | string | null)[];
  readonly header?: number | "none";
  readonly delimiter?: string;
  readonly notices?: readonly string[];
}

const situations: readonly Situation[] = [
  {
    what: "columns between runs of blanks, without names",
    content: "  0.5   1\n 10.25 20\n  3.75  3\n",
    names: ["column 1", "column 2"],
    last: [1, 20, 3],
    header: "none",
    delimiter: " ",
    notices: ["data/no-header"],
  },
  {
    what: "runs of blanks with a name in quotes after a tab",
    content: '18.0   8   307.0\t"chevrolet malibu"\n15.0   8   ?\t"buick skylark"\n24.0   4   97.5\t"ford pinto"\n',
    names: ["column 1", "column 2", "column 3", "column 4"],
    last: ["chevrolet malibu", "buick skylark", "ford pinto"],
    header: "none",
    delimiter: " ",
    notices: ["data/no-header"],
  },
  {
    what: "names in a comment between blanks, as NumPy writes them",
    content: "# x y\n1.5 2.5\n3.5 4.5\n5.5 6.5\n",
    names: ["x", "y"],
    last: [2.5, 4.5, 6.5],
    delimiter: " ",
  },
  { what: "names in a comment", content: "# x,y\n1.5,2.5\n3.5,4.5\n", names: ["x", "y"], last: [2.5, 4.5] },
  {
    what: "a comment that has as many values as the rows before the names",
    content: "# made by a, b\nx,y\n1.5,2.5\n3.5,4.5\n",
    names: ["x", "y"],
    last: [2.5, 4.5],
    header: 2,
  },
  { what: "codes that start with #", content: "color,n\n#ff0000,1\n#00ff00,2\n", names: ["color", "n"], last: [1, 2] },
  {
    what: "two words in a file of tabs",
    content: "name\tx\nAnna Smith\t1\nBert Miller\t2\n",
    names: ["name", "x"],
    last: [1, 2],
    delimiter: "\t",
  },
  {
    what: "a title that a spreadsheet padded",
    content: "Report 2024;;\n;;\nplace;day;value\nBonn;01.02.2024;1,5\nUlm;02.02.2024;2,5\n",
    names: ["place", "day", "value"],
    last: ["1,5", "2,5"],
    header: 3,
    delimiter: ";",
    notices: ["data/title"],
  },
  {
    what: "facts before the table",
    content: "Station,Berlin\nUnit,°C\n\nday,temp,hum\n2024-01-01,1.5,80\n2024-01-02,2.5,81\n2024-01-03,2.5,82\n",
    names: ["day", "temp", "hum"],
    last: [80, 81, 82],
    header: 4,
    notices: ["data/title"],
  },
  {
    what: "a row of units",
    content: "time,temp,place\ns,°C,\n0,1.5,a\n1,2.5,b\n",
    names: ["time", "temp", "place"],
    last: ["a", "b"],
    notices: ["data/units"],
  },
  {
    what: "a table that a database drew",
    content: "+---+-----+\n| a | b   |\n+---+-----+\n| 1 | x   |\n| 2 | y   |\n+---+-----+\n2 rows in set\n",
    names: ["column 1", "a", "b"],
    last: ["x", "y"],
    header: 2,
    delimiter: "|",
    notices: ["data/trailing-delimiter", "data/footer", "data/comments"],
  },
  { what: "decimal commas in one column", content: "y\n0,5\n1,5\n2,5\n", names: ["y"], last: ["0,5", "1,5", "2,5"] },
  {
    what: "one column without a name",
    content: "0.5\n1.5\n2.5\n",
    names: ["column 1"],
    last: [0.5, 1.5, 2.5],
    header: "none",
    notices: ["data/no-header"],
  },
  { what: "times in one column", content: "when\n12:00\n12:01\n", names: ["when"], last: ["12:00", "12:01"] },
  {
    what: "dates as names",
    content: "place,2024-01-01,2024-02-01\nBonn,1.5,2.5\nUlm,2.5,7.25\n",
    names: ["place", "2024-01-01", "2024-02-01"],
    last: [2.5, 7.25],
  },
  {
    what: "numbers as names from 0",
    content: "0,1,2\n0.5,1.5,1\n0.25,1.75,0\n",
    names: ["0", "1", "2"],
    last: [1, 0],
    notices: ["data/number-names"],
  },
  {
    what: "words alone, with names",
    content: "name,city\nAnna,Bonn\nBert,Ulm\nCarl,Bonn\n",
    names: ["name", "city"],
    last: ["Bonn", "Ulm", "Bonn"],
  },
  {
    what: "words alone that come again",
    content: "red,small\nblue,large\nred,large\nblue,small\n",
    names: ["column 1", "column 2"],
    last: ["small", "large", "large", "small"],
    header: "none",
    notices: ["data/no-header"],
  },
  {
    what: "an index without a name, as pandas writes it",
    content: ",a\n0,1.5\n1,2.5\n",
    names: ["column 1", "a"],
    last: [1.5, 2.5],
  },
  {
    what: "blanks after delimiters",
    content: 'a, b, c\n1, "x, y", 2.5\n3, z, 4.5\n',
    names: ["a", "b", "c"],
    last: [2.5, 4.5],
  },
  {
    what: "rows without any value at the end",
    content: "a,b\n1,2\n,\n3,4\n,\n,\n",
    names: ["a", "b"],
    last: [2, null, 4],
    notices: ["data/empty-rows"],
  },
  {
    what: "a record without any value among others like it",
    content: "a,b\n1,2\n,\n3,4\n,\n",
    names: ["a", "b"],
    last: [2, null, 4, null],
  },
  {
    what: "a delimiter at the end of all rows and names",
    content: "a,b,\n1,2,\n3,4,\n",
    names: ["a", "b"],
    last: [2, 4],
    notices: ["data/trailing-delimiter"],
  },
  {
    what: "empty values too many in some rows",
    content: "a,b\n1,2,,\n3,4\n5,6,\n",
    names: ["a", "b"],
    last: [2, 4, 6],
    notices: ["data/trailing-delimiter"],
  },
  {
    what: "a total with a colon, among empty rows",
    content: "a;b\nx;2\ny;4\n;\nTotal:;6\n;\n",
    names: ["a", "b"],
    last: [2, 4],
    delimiter: ";",
    notices: ["data/empty-rows", "data/footer"],
  },
  {
    what: "a source below the table",
    content: "a,b\n1,2\n3,4\n\nSource: census 2021\n",
    names: ["a", "b"],
    last: [2, 4],
    notices: ["data/footer"],
  },
  {
    what: "a delimiter that fits every line rather than one that fits the rows",
    content: "tags,y\nred;blue;green,1\nblue;black;white,2\n",
    names: ["tags", "y"],
    last: [1, 2],
    delimiter: ",",
  },
  {
    what: "years beside a word",
    content: "country,1990,2000,2010\nFrance,1.5,2.5,3.5\nSpain,2.5,3.5,4.5\n",
    names: ["country", "1990", "2000", "2010"],
    last: [3.5, 4.5],
    notices: ["data/number-names"],
  },
  {
    what: "several delimiters at the end of all rows",
    content: "a,b,,,\n1,2,,,\n3,4,,,\n",
    names: ["a", "b"],
    last: [2, 4],
    notices: ["data/trailing-delimiter"],
  },
  { what: "the mark by which DOS ends files", content: "a,b\n1,2\n\u001a", names: ["a", "b"], last: [2] },
  {
    what: "backslashes before quotes in every row",
    content: 'note,x\n"the \\"big\\" one, here",1\n"the \\"small\\" one",2\n',
    names: ["note", "x"],
    last: [1, 2],
  },
  {
    what: "files that were put one after the other",
    content: "a,b\n1,x\n3,y\na,b\n5,z\na,b\n",
    names: ["a", "b"],
    last: ["x", "y", "z"],
    notices: ["data/repeated-header"],
  },
  {
    what: "a title of as many values, parted by a blank line",
    content: "Table 1: Results, by year\n\nyear,n\n2001,5\n2002,6\n",
    names: ["year", "n"],
    last: [5, 6],
    header: 3,
    notices: ["data/title"],
  },
  {
    what: "an average and a note below the table",
    content: "city;n\nBonn;4\nUlm;6\n;\nMean;5\n* provisional\n",
    names: ["city", "n"],
    last: [4, 6],
    delimiter: ";",
    notices: ["data/empty-rows", "data/footer"],
  },
  {
    what: "rows that were quoted as a whole",
    content: '"a,b"\n"1,2"\n"3,4"\n',
    names: ["a,b"],
    last: ["1,2", "3,4"],
    notices: ["data/quoted-rows"],
  },
  {
    what: "a record of one value in a column of words",
    content: '"x"\n"Mazda",5.2\n"Ford",5.3\n',
    names: ["row names", "x"],
    last: [5.2, 5.3],
    notices: ["data/row-names"],
  },
];

describe("CSV as people write it", () => {
  it.each(situations)("reads $what", async ({ content, names, last, header = 1, delimiter, notices = [] }) => {
    for (const text of [content, content.replaceAll("\n", "\r\n")]) {
      const table = await readCsv(sourceOf(text, 7), { name: "data.csv", windowBytes: 1 });
      expect(table.form.names).toEqual(names);
      expect(cellsOf(table.columns.at(-1) as never)).toEqual(last);
      expect(table.form.header).toBe(header);
      if (delimiter !== undefined) expect(table.form.delimiter).toBe(delimiter);
      expect(table.notices.map(({ code }) => code)).toEqual(notices);
    }
  });

  it("reads runs of blanks when told to", async () => {
    const { columns } = await readCsv(sourceOf("a b\nx 1\n"), { name: "data.txt", delimiter: "space" });
    expect(columns.map(cellsOf)).toEqual([["x"], [1]]);
  });
});
