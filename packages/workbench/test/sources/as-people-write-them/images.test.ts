import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NablaError } from "nabla";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readImages } from "../../../src/sources/read-images.ts";
import { many } from "./draws.ts";

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "nabla-pictures-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const SIDE = 6;
/** A plain picture of one brightness, in the format that is asked. */
function picture(format: "png" | "jpeg" | "webp" | "gif" | "tiff", value = 128): Promise<Buffer> {
  const create = { width: SIDE, height: SIDE, channels: 3, background: { r: value, g: value, b: value } } as const;
  return sharp({ create }).toFormat(format).toBuffer();
}
/** A Windows bitmap of 24 bits: a header of 54 bytes, then rows from the bottom up, each filled up to 4 bytes. */
function bitmap(value: number): Buffer {
  const stride = Math.ceil((SIDE * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * SIDE, value);
  bytes.fill(0, 0, 54);
  bytes.write("BM", 0);
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(SIDE, 18);
  bytes.writeInt32LE(SIDE, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(stride * SIDE, 34);
  return bytes;
}

interface Pictured {
  readonly name: string;
  readonly files: Readonly<Record<string, Buffer | Promise<Buffer> | string>>;
  /** Folders without anything. */
  readonly empty?: readonly string[];
  readonly rows?: number;
  readonly classes?: readonly string[];
  /** Each matches a notice, or what the refusal says. */
  readonly says?: readonly RegExp[];
  readonly quiet?: readonly RegExp[];
  /** The brightness of all pixels. */
  readonly brightness?: number;
}

const pngs = (folder: string, count = 4): Readonly<Record<string, Promise<Buffer>>> =>
  Object.fromEntries(many(count, (i) => [`${folder}/${i}.png`, picture("png", 40 + i)]));
const cats = pngs("cat");
const dogs = pngs("dog");

const situations: readonly Pictured[] = [
  {
    name: "bitmaps are a class like others",
    files: { ...cats, ...Object.fromEntries(many(4, (i) => [`bird/${i}.bmp`, bitmap(90)])) },
    rows: 8,
    classes: ["bird", "cat"],
  },
  {
    name: "a bitmap has the pixels that it says",
    files: { "a/1.bmp": bitmap(77), "b/1.bmp": bitmap(77) },
    rows: 2,
    brightness: 77,
  },
  ...(["jpeg", "webp", "gif", "tiff"] as const).map(
    (format): Pictured => ({
      name: `${format} is read`,
      files: { ...cats, [`dog/1.${format}`]: picture(format), [`dog/2.${format.toUpperCase()}`]: picture(format) },
      rows: 6,
      classes: ["cat", "dog"],
    }),
  ),
  {
    name: "the content counts, not the name",
    files: { ...cats, "dog/1.png": picture("jpeg"), "dog/2.jpg": picture("png") },
    rows: 6,
    classes: ["cat", "dog"],
  },
  {
    name: "folders within the folder of a class are taken, and that is said",
    files: { ...cats, ...dogs, "cat/more/x.png": picture("png") },
    rows: 9,
    classes: ["cat", "dog"],
    says: [/more/],
  },
  {
    name: "a loose file beside the folders is named, and the classes stand",
    files: { ...cats, ...dogs, "cover.png": picture("png") },
    rows: 8,
    classes: ["cat", "dog"],
    says: [/cover\.png/],
  },
  {
    name: "other files are said with kind, place and count",
    files: { ...cats, ...dogs, "cat/a.txt": "one", "cat/b.txt": "two" },
    rows: 8,
    says: [/(?=.*\b2\b)(?=.*\.txt)(?=.*cat)/],
  },
  {
    name: "a class without any picture is named",
    files: { ...cats, ...dogs },
    empty: ["fish"],
    rows: 8,
    says: [/fish/],
  },
  {
    name: "a class without a usable picture is named",
    files: { ...cats, ...dogs, "fish/notes.txt": "none yet" },
    says: [/fish/],
  },
  {
    name: "hidden files and those of systems are left out silently",
    files: {
      ...cats,
      ...dogs,
      "cat/.DS_Store": "x",
      "cat/Thumbs.db": "x",
      ".git/a.png": picture("png"),
      "dog/._1.png": "x",
      "dog/desktop.ini": "x",
    },
    rows: 8,
    classes: ["cat", "dog"],
    quiet: [/DS_Store|Thumbs|\.git|\._1|desktop/],
  },
  {
    name: "a broken file is named",
    files: { ...cats, ...dogs, "dog/broken.png": "no picture at all" },
    says: [/dog\/broken\.png|broken\.png/],
  },
  { name: "a file of no bytes is named", files: { ...cats, ...dogs, "dog/empty.png": "" }, says: [/empty\.png/] },
  {
    name: "train and val are parts, not classes",
    files: { ...pngs("train/cat"), ...pngs("train/dog"), ...pngs("val/cat", 2), ...pngs("val/dog", 2) },
    rows: 12,
    classes: ["cat", "dog"],
  },
];

it.each(situations)("$name", async ({ files, empty = [], rows, classes, says = [], quiet = [], brightness }) => {
  const folder = await mkdtemp(join(home, "pictures-"));
  for (const name of empty) await mkdir(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), await content);
  }
  try {
    const found = await readImages(folder, { image: [SIDE, SIDE, 1], cache: join(home, "cache") });
    const notices = found.profile.notices.map(({ message }) => message);
    if (rows !== undefined) expect(found.rows).toBe(rows);
    if (classes !== undefined) expect(found.target).toMatchObject({ levels: classes });
    for (const part of says) expect(notices).toContainEqual(expect.stringMatching(part));
    for (const part of quiet) expect(notices).not.toContainEqual(expect.stringMatching(part));
    const [column] = found.columns;
    if (brightness !== undefined && column?.kind === "number")
      expect(new Set(column.values.data)).toEqual(new Set([brightness]));
  } catch (error) {
    if (!(error instanceof NablaError) || says.length === 0) throw error;
    for (const part of says) expect(`${error.message}\n${error.hint ?? ""}`).toMatch(part);
  }
});
