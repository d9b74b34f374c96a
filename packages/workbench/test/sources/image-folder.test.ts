import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileOf, imageFolder } from "../../src/sources/image-folder.ts";
import { rejected } from "./files.ts";
import { foldersForTests, plainPng } from "./picture-files.ts";

const { home, folder } = await foldersForTests();
const png = await plainPng(9);
let folders = 0;

/** What is listed of files with these names, which hold an image where no content is given. */
async function listed(names: readonly string[], options: { labeled?: boolean } = {}) {
  const files = Object.fromEntries(names.map((name) => [name, /\.(txt|csv|md)$/.test(name) ? "text" : png]));
  const path = await folder(`f${folders++}`, files);
  const found = await imageFolder(path, options);
  return {
    files: found.files.map(({ name, label, part }) =>
      [name, label, part].filter((item) => item !== undefined).join(" "),
    ),
    parts: found.parts,
    notices: found.notices.map(({ message }) => message),
  };
}

describe("folders of images", () => {
  it("takes folders as classes, with the folders in them, and says what is left out: kind, place and number", async () => {
    const names = ["cat/1.png", "cat/more/x.png", "cat/more/deep/y.png", "dog/1.jpg", "cover.png", "labels.csv"];
    const text = ["dog/a.txt", "dog/b.txt", "cat/c.txt", "bird/x.heic", "bird/y.heic", "cat/old.svg", "fish/"];
    const litter = ["cat/.DS_Store", "cat/Thumbs.db", "Desktop.ini", "cat/._1.png", ".git/x.png", "__MACOSX/cat/1.png"];
    const { files, notices } = await listed([...names, ...text, ...litter]);
    expect(files).toEqual(["cat/1.png cat", "cat/more/x.png cat", "cat/more/deep/y.png cat", "dog/1.jpg dog"]);
    expect(notices).toEqual([
      "the class bird left out, it has no images: 2 .heic files in bird/ cannot be read: convert them to .png or .jpg to use them",
      "the class fish left out, it has no images: it is empty",
      "cover.png left out: beside the class folders, without a class",
      "2 images in cat/more/ taken as images of its class",
      "3 .txt files are no images (1 in cat/ and 2 in dog/)",
      "labels.csv is no image",
      "cat/old.svg cannot be read: convert it to .png or .jpg to use it",
    ]);
  });

  it("names a few of many", async () => {
    const kinds = ["a", "b", "c", "d", "e", "f", "g"].flatMap((kind) => [`a/1.${kind}`, `a/2.${kind}`]);
    const text = ["a/1.txt", "b/1.txt", "c/1.txt", "d/1.txt", "e/1.txt", "e/2.txt"];
    const loose = ["1.png", "2.png", "3.png", "4.png", "5.png"];
    const { notices } = await listed(["a/1.png", "b/1.png", ...kinds, ...text, ...loose]);
    expect(notices).toEqual([
      "the class c left out, it has no images: c/1.txt is no image",
      "the class d left out, it has no images: d/1.txt is no image",
      "the class e left out, it has no images: 2 .txt files in e/ are no images",
      "5 images (1.png, 2.png, 3.png and 2 others) left out: beside the class folders, without a class",
      "2 .a files in a/ are no images",
      "2 .b files in a/ are no images",
      "2 .c files in a/ are no images",
      "2 .d files in a/ are no images",
      "2 .e files in a/ are no images",
      "6 files of 3 other kinds are no images",
    ]);
  });

  it("lists images without classes, and all of them where classes are not asked for", async () => {
    expect(await listed(["b.png", "a.bmp", "notes.txt", "empty/"])).toEqual({
      files: ["a.bmp", "b.png"],
      parts: undefined,
      notices: ["notes.txt is no image"],
    });
    const all = await listed(["b.png", "dog/1.png", "cat/1.png", "train/a/1.png", "dog/x.md"], { labeled: false });
    expect(all.files).toEqual(["b.png", "cat/1.png", "dog/1.png", "train/a/1.png"]);
    expect(all.notices).toEqual(["dog/x.md is no image"]);
  });

  it("finds classes that lie deeper, in the only folder", async () => {
    const { files, notices } = await listed(["pets/pets/cat/1.png", "pets/pets/dog/1.png", "readme.md"]);
    expect(files).toEqual(["pets/pets/cat/1.png cat", "pets/pets/dog/1.png dog"]);
    expect(notices).toEqual(["the classes are the folders in pets/pets/", "readme.md is no image"]);
    expect((await listed(["train/a/1.png", "train/b/1.png"])).notices).toEqual([
      "the classes are the folders in train/",
    ]);
    // folders in two classes are not classes
    expect((await listed(["a/x/1.png", "b/y/1.png"])).files).toEqual(["a/x/1.png a", "b/y/1.png b"]);
  });

  it("takes train, val and test as the parts, by any of their names", async () => {
    const { files, parts, notices } = await listed([
      ...["train/b/1.png", "train/a/1.png", "val/a/2.png", "test/b/3.png", "test/a/4.png", "unlabeled/5.png"],
      ...["cover.png", "val/c/", "test/b/notes.txt"],
    ]);
    expect(files).toEqual([
      "train/a/1.png a 0",
      "train/b/1.png b 0",
      "val/a/2.png a 1",
      "test/a/4.png a 2",
      "test/b/3.png b 2",
    ]);
    expect(parts).toEqual(["train", "val", "test"]);
    expect(notices).toEqual([
      "val/c/ has no images: it is empty",
      "the folders train, val and test are taken as the parts",
      "unlabeled/ left out: 1 image beside the parts",
      "cover.png left out: beside the folders of the parts, without a class",
      "test/b/notes.txt is no image",
    ]);
    for (const [train, dev, test] of [
      ["Train", "Validation", "TEST"],
      ["training_set", "dev-set", "test_set"],
      ["training", "valid", "testing"],
    ]) {
      const found = await listed([`${dev}/a/1.png`, `${test}/a/1.png`, `${train}/a/1.png`]);
      expect(found.parts).toEqual([train, dev, test]);
      expect(found.files.map((file) => file.at(-1))).toEqual(["0", "1", "2"]);
    }
    // as archives are unpacked
    const inner = await listed(["data/train/train/a/1.png", "data/test/test/a/1.png"]);
    expect(inner.files).toEqual(["data/train/train/a/1.png a 0", "data/test/test/a/1.png a 2"]);
  });

  it("leaves out a part without classes, and takes folders of such names as classes only among others", async () => {
    const { files, parts, notices } = await listed(["train/a/1.png", "train/b/1.png", "test/1.png", "test/2.png"]);
    expect([files, parts]).toEqual([["train/a/1.png a", "train/b/1.png b"], undefined]);
    expect(notices).toEqual(["test/ left out: its 2 images have no class folders"]);
    expect((await listed(["train/1.png", "bus/1.png", "test/1.png"])).files).toEqual([
      "bus/1.png bus",
      "test/1.png test",
      "train/1.png train",
    ]);
  });

  it("leaves out loose images of a part and of the folder, and takes the parts all the same", async () => {
    const loose = ["cover.png", "train/cover.png", "test/1.png", "extra/1.png"];
    const { files, parts, notices } = await listed(["train/a/1.png", "val/a/1.png", "test/a/2.png", ...loose]);
    expect(files).toEqual(["train/a/1.png a 0", "val/a/1.png a 1", "test/a/2.png a 2"]);
    expect(parts).toEqual(["train", "val", "test"]);
    expect(notices).toEqual([
      "train/cover.png left out: beside the class folders, without a class",
      "test/1.png left out: beside the class folders, without a class",
      "the folders train, val and test are taken as the parts",
      "extra/ left out: 1 image beside the parts",
      "cover.png left out: beside the folders of the parts, without a class",
    ]);
    // a class may have folders, and be called as it likes
    const classes = await listed(["train/1.png", "train/more/1.png", "bus/1.png", "test/1.png"]);
    expect(classes.files.map((file) => file.split(" ")[1])).toEqual(["bus", "test", "train", "train"]);
  });

  it("refuses parts that do not go together", async () => {
    const message = async (...names: readonly string[]): Promise<string> => {
      const error = await rejected(listed(names));
      expect(error.code).toBe("data/parts");
      return error.message.replace(/f\d+/, "x");
    };
    expect(await message("val/a/1.png", "test/a/1.png")).toBe("x holds the parts test and val, and no folder train");
    expect(await message("train/1.png", "test/1.png")).toBe(
      "x holds the parts test and train, and train has no folder for each class",
    );
    expect(await message("train/1.png", "test/1.png", "cover.png")).toContain("train has no folder for each class");
    expect(await message("train/a/1.png", "val/a/1.png", "dev/a/1.png")).toBe(
      "x holds 2 folders for the dev part: dev and val",
    );
  });

  it("follows links, but not in a ring, and says that a folder has no images and what it has", async () => {
    const path = await folder("links", { "all/1.png": png, "cat/": "", "dog/2.png": png });
    await symlink(join(path, "all", "1.png"), join(path, "cat", "1.png"));
    await symlink(path, join(path, "dog", "ring"));
    const found = await imageFolder(path);
    expect(found.files.map(({ name }) => name)).toEqual(["all/1.png", "cat/1.png", "dog/2.png"]);
    expect(fileOf(found, found.files[1] ?? { name: "" })).toBe(join(path, "cat", "1.png"));
    const none = await rejected(imageFolder(await folder("none", { "a/x.txt": "text", "a/y.txt": "text", "b/": "" })));
    expect([none.code, none.message]).toEqual([
      "data/no-images",
      "none holds no images: 2 .txt files in a/ are no images",
    ]);
    expect((await rejected(imageFolder(await folder("empty", {})))).message).toBe("empty holds no images");
    const single = await imageFolder(join(path, "dog", "2.png"), { labeled: false });
    expect([single.path, single.files]).toEqual([join(path, "dog"), [{ name: "2.png" }]]);
    expect((await rejected(imageFolder(join(path, "dog", "2.png")))).code).toBe("files/not-a-folder");
    expect((await rejected(imageFolder(join(home, "nowhere")))).code).toBe("files/missing");
  });
});
