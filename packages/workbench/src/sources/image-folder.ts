/** The images of a folder: which files they are, what classes and parts their folders name, and what is left out. */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { count, listing, NablaError, type Notice } from "nabla";
import { type FolderTree, folderTree, imagesIn } from "./folder-tree.ts";
import { leftOutNotices, named } from "./left-out.ts";

/** The parts that data can come in, in the order of their codes. */
export const partNames = ["train", "dev", "test"] as const;

/** An image file, and what its folders say of it. */
export interface ImageFile {
  /** Its path within the folder, with slashes. */
  readonly name: string;
  /** The class that its folder names. */
  readonly label?: string;
  /** The part (0 for train, 1 for dev, 2 for test), where the folder is divided. */
  readonly part?: number;
}

/** The image files of a folder: all in one folder, in one folder per class, or in such folders for each part. */
export interface ImageFolder {
  readonly path: string;
  /** By part, by class, then by name. */
  readonly files: readonly ImageFile[];
  /** The folders of the parts, where there are some. */
  readonly parts?: readonly string[];
  readonly notices: readonly Notice[];
}

/** Where the file of an image lies. */
export function fileOf({ path }: Pick<ImageFolder, "path">, { name }: ImageFile): string {
  return join(path, name);
}

/** The classes of files: numbers by value, names by character. */
export function classesOf(files: readonly ImageFile[]): readonly string[] {
  return inOrder([...new Set(files.flatMap(({ label }) => (label === undefined ? [] : [label])))]);
}

/**
 * Lists the images of a folder. Without `labeled` no folder means anything, every image below it is taken, and a single
 * image is as good as a folder. Throws
 * `files/…`, `data/no-images`, and `data/parts` for folders of parts that do not go together.
 */
export async function imageFolder(
  place: string,
  { labeled = true }: { readonly labeled?: boolean } = {},
): Promise<ImageFolder> {
  const path = resolve(place);
  const single = await stat(path).catch(() => undefined);
  if (single?.isFile() === true && !labeled)
    return { path: dirname(path), files: [{ name: basename(path) }], notices: [] };
  const tree = await folderTree(path);
  const all = imagesIn(tree);
  if (all.length === 0) {
    const [first] = leftOutNotices(tree, []);
    const found = first === undefined ? "" : `: ${first.message}`;
    throw new NablaError("data/no-images", `${basename(path)} holds no images${found}`, HINT);
  }
  if (!labeled || tree.folders.every((folder) => imagesIn(folder).length === 0)) {
    return { path, files: all.map((name) => ({ name })), notices: leftOutNotices(tree, []) };
  }
  const { explained, notices, ...listed } = byClass(descended(tree), basename(path));
  return { path, ...listed, notices: [...notices, ...leftOutNotices(tree, explained)] };
}

const HINT = "images end in .png, .jpg, .webp, .gif, .bmp, .tif or .avif";

const filled = (folder: FolderTree): boolean => imagesIn(folder).length > 0;

/** Whether a folder holds folders of images. */
const holdsFolders = ({ folders }: FolderTree): boolean => folders.some(filled);

/** The folder that holds the classes, where it is the only one in the only one. */
function descended(tree: FolderTree): FolderTree {
  const [only, ...more] = tree.folders.filter(filled);
  const nothingElse = more.length === 0 && tree.images.length === 0 && only?.images.length === 0;
  return only !== undefined && nothingElse && holdsFolders(only) ? descended(only) : tree;
}

interface Listed extends Omit<ImageFolder, "path"> {
  /** Folders without images, whose notice says what they hold. */
  readonly explained: readonly FolderTree[];
}

function byClass(tree: FolderTree, called: string): Listed {
  const deeper =
    tree.path === "" ? [] : [{ code: "data/deeper", message: `the classes are the folders in ${tree.path}/` }];
  const parts = partsOf(tree, called);
  if (parts !== undefined) return byPart(tree, { parts, deeper });
  const { notices, ...listed } = classFiles(tree);
  return { ...listed, notices: [...deeper, ...notices] };
}

const PART_NAMES: readonly RegExp[] = [/^train(ing)?$/, /^(dev|development|val|valid|validation)$/, /^test(ing)?$/];

/** The number of the part that a folder's name means: `train`, `Validation`, `test_set`; -1 for none. */
function partOf(name: string): number {
  const word = name.toLowerCase().replace(/[-_ ]?(set|data|images|split)$/, "");
  return PART_NAMES.findIndex((pattern) => pattern.test(word));
}

interface PartFolder {
  readonly part: number;
  readonly folder: FolderTree;
}

/**
 * The folders of the parts, if it is parts that a folder is divided into: `train` with a folder for each class, and
 * another part. Nothing but parts is never taken for classes.
 */
function partsOf({ folders }: FolderTree, called: string): readonly PartFolder[] | undefined {
  const found = folders.filter(filled);
  const parts = found.map((folder) => ({ part: partOf(folder.name), folder })).filter(({ part }) => part >= 0);
  if (parts.length < 2) return undefined;
  const train = parts.filter(({ part }) => part === 0);
  const holdsClasses = ({ folder }: PartFolder): boolean => holdsFolders(descended(folder));
  const divided = parts.filter(holdsClasses);
  const certain = train.length > 0 && train.every(holdsClasses);
  // among other folders, train and test may be classes: a class has images of its own
  const clear = divided.length > 1 || train.every(({ folder }) => folder.images.length === 0);
  if (parts.length < found.length && !(certain && clear)) return undefined;
  const names = listing(parts.map(({ folder }) => folder.name));
  if (train.length === 0 && divided.length === 0) return undefined;
  if (train.length === 0) {
    const message = `${called} holds the parts ${names}, and no folder train`;
    throw new NablaError(
      "data/parts",
      message,
      "name one of them, which is then split at random, or add a folder train",
    );
  }
  for (const [part, name] of partNames.entries()) {
    const same = parts.filter((one) => one.part === part).map(({ folder }) => folder.name);
    if (same.length < 2) continue;
    const message = `${called} holds ${same.length} folders for the ${name} part: ${listing(same)}`;
    throw new NablaError("data/parts", message, "move their class folders into one of them");
  }
  if (!certain) {
    const message = `${called} holds the parts ${names}, and ${train[0]?.folder.name} has no folder for each class`;
    throw new NablaError("data/parts", message, "put its images into a folder for each class: train/cat/1.png");
  }
  return parts.sort((a, b) => a.part - b.part);
}

function byPart(
  tree: FolderTree,
  { parts, deeper }: { readonly parts: readonly PartFolder[]; readonly deeper: readonly Notice[] },
): Listed {
  const [notices, explained]: [Notice[], FolderTree[]] = [[], []];
  const note = (code: string, message: string): void => void notices.push({ code, message });
  const given = parts.filter(({ folder }) => holdsFolders(descended(folder)));
  const bare = parts.filter((one) => !given.includes(one));
  const files = given.flatMap(({ part, folder }) => {
    const listed = classFiles(descended(folder), folder.path);
    notices.push(...listed.notices);
    explained.push(...listed.explained);
    return listed.files.map((file) => ({ ...file, part }));
  });
  const names = given.map(({ folder }) => folder.name);
  if (names.length > 1) note("data/parts", `the folders ${listing(names)} are taken as the parts`);
  for (const { folder } of bare)
    note(
      "data/unlabeled",
      `${folder.path}/ left out: its ${count(imagesIn(folder).length, "image")} have no class folders`,
    );
  const others = tree.folders.filter((folder) => filled(folder) && !parts.some((one) => one.folder === folder));
  for (const folder of others)
    note("data/left-out", `${folder.path}/ left out: ${count(imagesIn(folder).length, "image")} beside the parts`);
  notices.push(...looseNotices(tree, "the folders of the parts"));
  const listed = { files, notices: [...deeper, ...notices], explained };
  return names.length > 1
    ? { ...listed, parts: names }
    : { ...listed, files: files.map(({ part: _, ...file }) => file) };
}

/** The images in the class folders of a folder; `part` is the folder of the part that they are of. */
function classFiles(tree: FolderTree, part?: string): Listed {
  const classes = tree.folders.filter(filled);
  const names = inOrder(classes.map(({ name }) => name));
  const files = names.flatMap((label) =>
    classes.filter(({ name }) => name === label).flatMap((folder) => imagesIn(folder).map((name) => ({ name, label }))),
  );
  const empty = tree.folders.filter((folder) => !filled(folder));
  const notices = [
    ...empty.map((folder) => ({ code: "data/empty-class", message: emptyText(folder, part) })),
    ...looseNotices(tree, "the class folders"),
    ...deepNotices(classes),
  ];
  return { files, notices, explained: empty };
}

function emptyText(folder: FolderTree, part: string | undefined): string {
  const inside = leftOutNotices(folder, []).map(({ message }) => message);
  const why = inside.length === 0 ? "it is empty" : inside.join("; ");
  const without = part === undefined ? `the class ${folder.name} left out, it has` : `${folder.path}/ has`;
  return `${without} no images: ${why}`;
}

/** Images where no folder says what they show. */
function looseNotices({ images }: FolderTree, beside: string): readonly Notice[] {
  if (images.length === 0) return [];
  const which = images.length === 1 ? "" : `${count(images.length, "image")} `;
  const names = images.length === 1 ? named(images) : `(${named(images)})`;
  return [{ code: "data/left-out", message: `${which}${names} left out: beside ${beside}, without a class` }];
}

/** Images in folders within class folders, which belong to the class. */
function deepNotices(classes: readonly FolderTree[]): readonly Notice[] {
  const deep = classes.flatMap(({ folders }) => folders.filter(filled));
  if (deep.length === 0) return [];
  const many = deep.reduce((sum, folder) => sum + imagesIn(folder).length, 0);
  const places = named(deep.map(({ path }) => `${path}/`));
  const of = deep.length === 1 ? "its class" : "their classes";
  return [{ code: "data/subfolders", message: `${count(many, "image")} in ${places} taken as images of ${of}` }];
}

/** Numbers by value, names by character. */
export function inOrder(names: readonly string[]): readonly string[] {
  const numeric = names.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return names.toSorted(numeric ? (a, b) => Number(a) - Number(b) : undefined);
}
