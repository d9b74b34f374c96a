import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { bareName, checkParts, classNotices } from "../../src/sources/class-checks.ts";

/** Images by their names, each of its own bytes unless `bytes` says otherwise. */
const images = (names: readonly string[], bytes: Readonly<Record<string, string>> = {}) =>
  names.map((name) => ({
    name,
    label: name.slice(0, name.indexOf("/")),
    sha256: createHash("sha256")
      .update(bytes[name] ?? name)
      .digest(),
  }));
const six = (label: string): readonly string[] => Array.from({ length: 6 }, (_, i) => `${label}/${i}.png`);
const messages = (...given: Parameters<typeof images>): readonly string[] =>
  classNotices(images(...given)).map(({ message }) => message);

it("has nothing to say of classes with enough images, and of images without classes", () => {
  expect(messages([...six("cat"), ...six("dog")])).toEqual([]);
  expect(classNotices(images(["x/1.png"]).map(({ label: _, ...image }) => image))).toEqual([]);
});

it("names classes that differ by case, blanks or marks, and those with few images", () => {
  const names = ["Red fox", "red_fox", "Café", "Cafe\u0301"];
  expect(new Set(names.map(bareName)).size).toBe(2);
  expect(messages([...names.flatMap(six), "owl/1.png", "owl/2.png", "emu/1.png"])).toEqual([
    'the classes "Red fox" and "red_fox" differ by case or marks alone: if they are one, put them into one folder',
    'the classes "Café" and "Cafe\u0301" differ by case or marks alone: if they are one, put them into one folder',
    "classes with few images: owl (2) and emu (1)",
  ]);
});

it("names images that are in two classes, and those that repeat", () => {
  const bytes = { "cat/0.png": "same", "dog/3.png": "same", "cat/4.png": "other", "cat/5.png": "other" };
  expect(messages([...six("cat"), ...six("dog")], bytes)).toEqual([
    "1 image in more than one class: cat/0.png = dog/3.png",
    "1 image repeats an earlier one: cat/4.png = cat/5.png",
  ]);
});

it("says which class of train a class of another part was probably meant to be", () => {
  const parts = [
    { name: "train/Cat/1.png", label: "Cat", part: 0 },
    { name: "val/cat/1.png", label: "cat", part: 1 },
  ];
  expect(() => checkParts(parts, "pets")).toThrow("pets: the class cat has 1 image in dev (val/cat/1.png) and none");
  try {
    checkParts(parts, "pets");
  } catch (error) {
    expect(error).toMatchObject({ hint: 'train has the class "Cat": rename one' });
  }
});
