import { crc32, deflateRawSync } from "node:zlib";

/** A zip archive of files by name, compressed. Written from APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zip(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x0800, 2); // names are UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt32LE(0x58_21_00_00, 6); // 2024-01-01
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, title, packed);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(at, 12);
    // in the directory: made by, then the same fields, comment, disk and attributes, and the place of the file
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, entry.subarray(2), title);
    at += 30 + title.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, listed, Buffer.from("PK\x05\x06", "latin1"), end]);
}

/** A cell of a workbook: `{ day }` is a number that is shown as a date, `{ shown }` a number in a format. */
export type Cell = string | number | boolean | null | { readonly day: number } | { readonly percent: number };

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const letters = (column: number): string =>
  (column >= 26 ? String.fromCharCode(64 + Math.floor(column / 26)) : "") + String.fromCharCode(65 + (column % 26));

/** An Excel workbook of sheets by name (ECMA-376, part 1, sections 18.2 to 18.8), with texts in a table of their own. */
export function workbook(sheets: Readonly<Record<string, readonly (readonly Cell[])[]>>): Buffer {
  const texts = [
    ...new Set(
      Object.values(sheets)
        .flat(2)
        .filter((cell) => typeof cell === "string"),
    ),
  ];
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packages = "http://schemas.openxmlformats.org/package/2006";
  const kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const cellXml = (cell: Cell, place: string): string => {
    if (cell === null) return "";
    if (typeof cell === "string") return `<c r="${place}" t="s"><v>${texts.indexOf(cell)}</v></c>`;
    if (typeof cell === "boolean") return `<c r="${place}" t="b"><v>${cell ? 1 : 0}</v></c>`;
    if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
    if ("day" in cell) return `<c r="${place}" s="1"><v>${cell.day}</v></c>`;
    return `<c r="${place}" s="2"><v>${cell.percent}</v></c>`;
  };
  const sheetXml = (rows: readonly (readonly Cell[])[]): string => {
    const lines = rows.map((row, r) => {
      const cells = row.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`)).join("");
      return cells === "" ? "" : `<row r="${r + 1}">${cells}</row>`;
    });
    return `${xml}<worksheet xmlns="${main}"><sheetData>${lines.join("")}</sheetData></worksheet>`;
  };
  const names = Object.keys(sheets);
  const relation = (id: number, type: string, target: string): string =>
    `<Relationship Id="rId${id}" Type="${office}/${type}" Target="${target}"/>`;
  const relations = (inner: string): string =>
    `${xml}<Relationships xmlns="${packages}/relationships">${inner}</Relationships>`;
  const part = (name: string, kind: string): string =>
    `<Override PartName="${name}" ContentType="${kinds}.${kind}+xml"/>`;
  const sheetParts = names.map((_, i) => part(`/xl/worksheets/sheet${i + 1}.xml`, "worksheet"));
  return zip({
    "[Content_Types].xml": `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part("/xl/workbook.xml", "sheet.main")}${sheetParts.join("")}${part("/xl/styles.xml", "styles")}${part("/xl/sharedStrings.xml", "sharedStrings")}</Types>`,
    "_rels/.rels": relations(relation(1, "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${names.map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations(
      [
        ...names.map((_, i) => relation(i + 1, "worksheet", `worksheets/sheet${i + 1}.xml`)),
        relation(names.length + 1, "styles", "styles.xml"),
        relation(names.length + 2, "sharedStrings", "sharedStrings.xml"),
      ].join(""),
    ),
    "xl/styles.xml": `${xml}<styleSheet xmlns="${main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/sharedStrings.xml": `${xml}<sst xmlns="${main}" count="${texts.length}" uniqueCount="${texts.length}">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join("")}</sst>`,
    ...Object.fromEntries(Object.values(sheets).map((rows, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheetXml(rows)])),
  });
}
