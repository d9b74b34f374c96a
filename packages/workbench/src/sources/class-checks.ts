/** Checks of the classes that folders name: missing in train, nearly the same name, few images, images that repeat. */
import { count, listing, NablaError, type Notice } from "nabla";
import { type ImageFile, partNames } from "./image-folder.ts";
import type { HashedImage } from "./image-survey.ts";
import { named } from "./left-out.ts";

/** Classes with at most so many images are named. */
const FEW = 5;

/** The name of a class without what is easily mistyped: case, blanks, marks, and how letters with accents are written. */
export function bareName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s._-]+/g, "");
}

/** Throws `data/parts` for a class that images of dev or test show, and none of train. */
export function checkParts(files: readonly ImageFile[], folder: string): void {
  const learned = new Set(files.filter(({ part }) => part === 0).map(({ label }) => label));
  const stranger = files.find(({ label }) => !learned.has(label));
  if (stranger === undefined) return;
  const { label = "", part = 0 } = stranger;
  const many = files.filter((file) => file.label === label && file.part === part).length;
  const message = `${folder}: the class ${label} has ${count(many, "image")} in ${partNames[part]} (${stranger.name}) and none in train`;
  const meant = [...learned].find((name) => name !== undefined && bareName(name) === bareName(label));
  const hint = "add images of it to train, or take the class out of the other parts";
  throw new NablaError(
    "data/parts",
    message,
    meant === undefined ? hint : `train has the class "${meant}": rename one`,
  );
}

/** Notices of images with classes. */
export function classNotices(images: readonly HashedImage[]): readonly Notice[] {
  const labeled = images.filter(({ label }) => label !== undefined);
  return [...similarNotices(labeled), ...fewNotices(labeled), ...repeatNotices(labeled)];
}

function similarNotices(images: readonly ImageFile[]): readonly Notice[] {
  const names = new Set(images.map(({ label = "" }) => label));
  const alike = [...Map.groupBy(names, bareName).values()].filter((same) => same.length > 1);
  return alike.map((same) => ({
    code: "data/similar-classes",
    message: `the classes ${listing(same.map((name) => `"${name}"`))} differ by case or marks alone: if they are one, put them into one folder`,
  }));
}

function fewNotices(images: readonly ImageFile[]): readonly Notice[] {
  const few = [...Map.groupBy(images, ({ label = "" }) => label)].filter(([, same]) => same.length <= FEW);
  if (few.length === 0) return [];
  const message = `classes with few images: ${named(few.map(([name, same]) => `${name} (${same.length})`))}`;
  return [{ code: "data/rare-class", message }];
}

/** Files with the same bytes: in two classes one of them is wrong. */
function repeatNotices(images: readonly HashedImage[]): readonly Notice[] {
  const repeated = [...Map.groupBy(images, ({ sha256 }) => sha256.toString("hex")).values()].filter(
    (same) => same.length > 1,
  );
  const classes = (same: readonly ImageFile[]): number => new Set(same.map(({ label }) => label)).size;
  const contradicting = repeated.filter((same) => classes(same) > 1);
  const agreeing = repeated.filter((same) => classes(same) === 1);
  const text = (groups: readonly (readonly ImageFile[])[]): string =>
    named(
      groups.map((same) =>
        same
          .map(({ name }) => name)
          .slice(0, 3)
          .join(" = "),
      ),
    );
  const many = agreeing.reduce((sum, same) => sum + same.length - 1, 0);
  return [
    ...(contradicting.length === 0
      ? []
      : [
          {
            code: "data/contradicting",
            message: `${count(contradicting.length, "image")} in more than one class: ${text(contradicting)}`,
          },
        ]),
    ...(many === 0
      ? []
      : [
          {
            code: "data/duplicates",
            message: `${count(many, "image")} ${many === 1 ? "repeats" : "repeat"} an earlier one: ${text(agreeing)}`,
          },
        ]),
  ];
}
