/** What an export wrote. */
import { grouped } from "nabla";
import type { Exported } from "../exchange/export-model.ts";
import { formats } from "../exchange/formats.ts";
import { here } from "./command-line.ts";
import { factsText } from "./facts.ts";
import { styleFor } from "./style.ts";

/** What was written, in facts of 80 columns. */
export function exportedText(format: string, { path, files, notices, compared }: Exported): string {
  const sizes = files.map(({ name, bytes }) => `${name} (${grouped(bytes)} bytes)`);
  const facts: (readonly [string, string])[] = [
    ["Format", `${format}: ${formats[format]?.about ?? ""}`],
    [files.length > 1 ? "Folder" : "File", here(path)],
    ["Holds", sizes.join(", ")],
    ...(compared === undefined ? [] : [["Checked", checkedText(compared)] as const]),
    ...notices.map((message): readonly [string, string] => ["Note", message]),
  ];
  return factsText(facts, styleFor(process.stdout));
}

function checkedText({ rows, from, difference }: NonNullable<Exported["compared"]>): string {
  return `answers as the model does on ${grouped(rows)} rows ${from}; largest difference ${difference.toPrecision(1)}`;
}
