import { zipOf } from "./zip-of.ts";

/** What a workbook is made of, as XML. */
export interface WorkbookXml {
  /** The content of `sheetData`, and what follows it, by the name of the sheet. */
  readonly sheets: Readonly<Record<string, string>>;
  /** States of sheets that are not visible. */
  readonly states?: Readonly<Record<string, string>>;
  /** Items of the shared strings. */
  readonly strings?: string;
  /** Formats by number, and for each style of a cell the number of its format. */
  readonly formats?: Readonly<Record<number, string>>;
  readonly styles?: readonly number[];
  readonly from1904?: boolean;
  /** A table of the first sheet. */
  readonly table?: string;
  /** What stands before all names. */
  readonly prefix?: string;
}

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/** The bytes of a workbook as ECMA-376 has it, without what a reader does not need. */
export function workbookOf(xml: WorkbookXml): Uint8Array {
  const { sheets, states = {}, strings, formats = {}, styles, from1904 = false, table, prefix = "" } = xml;
  const names = Object.keys(sheets);
  const part = (root: string, content: string): string => {
    const whole = `<${root} xmlns="${main}" xmlns:r="${office}">${content}</${root}>`;
    const named = whole
      .replace(/<(\/?)(\w)/g, `<$1${prefix}$2`)
      .replace("xmlns=", `xmlns${prefix === "" ? "" : `:${prefix.slice(0, -1)}`}=`);
    return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${named}`;
  };
  const relations = (items: Readonly<Record<string, readonly [kind: string, target: string]>>): string =>
    `<Relationships>${Object.entries(items)
      .map(([id, [kind, target]]) => `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`)
      .join("")}</Relationships>`;
  const styleSheet = [
    `<numFmts>${Object.entries(formats)
      .map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`)
      .join("")}</numFmts>`,
    `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>`,
    `<cellXfs>${(styles ?? []).map((id) => `<xf numFmtId="${id}"/>`).join("")}</cellXfs>`,
  ].join("");
  return zipOf({
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": relations({ r1: ["officeDocument", "xl/workbook.xml"] }),
    "xl/workbook.xml": part(
      "workbook",
      `<workbookPr${from1904 ? ' date1904="1"' : ""}/><sheets>${names
        .map(
          (name, i) =>
            `<sheet name="${name}" sheetId="${i + 1}"${states[name] ? ` state="${states[name]}"` : ""} r:id="s${i}"/>`,
        )
        .join("")}</sheets>`,
    ),
    "xl/_rels/workbook.xml.rels": relations({
      ...Object.fromEntries(names.map((_, i) => [`s${i}`, ["worksheet", `/xl/worksheets/sheet${i + 1}.xml`] as const])),
      ...(strings === undefined ? {} : { t: ["sharedStrings", "sharedStrings.xml"] as const }),
      ...(styles === undefined ? {} : { y: ["styles", "styles.xml"] as const }),
    }),
    ...(strings === undefined ? {} : { "xl/sharedStrings.xml": part("sst", strings) }),
    ...(styles === undefined ? {} : { "xl/styles.xml": part("styleSheet", styleSheet) }),
    ...Object.fromEntries(
      Object.values(sheets).map((content, i) => {
        const [data = "", after = ""] = content.split("</sheetData>");
        return [`xl/worksheets/sheet${i + 1}.xml`, part("worksheet", `<sheetData>${data}</sheetData>${after}`)];
      }),
    ),
    ...(table === undefined
      ? {}
      : {
          "xl/worksheets/_rels/sheet1.xml.rels": relations({ r1: ["table", "../tables/table1.xml"] }),
          "xl/tables/table1.xml": `<table ${table}/>`,
        }),
  });
}
