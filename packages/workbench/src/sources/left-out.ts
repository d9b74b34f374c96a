/** What is said of files in a folder of images that are none: how many, of which kind, and where. */
import { count, grouped, listing, type Notice } from "nabla";
import type { FolderTree } from "./folder-tree.ts";
import { extensionOf, isUnreadFormat } from "./image-format.ts";

const MOST_NAMED = 4;
const MOST_KINDS = 6;

/** The first few of some names, and how many more there are. */
export function named(names: readonly string[], most = MOST_NAMED): string {
  return listing(
    names.length > most ? [...names.slice(0, most - 1), `${count(names.length - most + 1, "other")}`] : names,
  );
}

/** A notice for each kind of file that is no image, the most frequent first; folders in `except` are left to others. */
export function leftOutNotices(tree: FolderTree, except: readonly FolderTree[]): readonly Notice[] {
  const kinds = Map.groupBy(othersIn(tree, except), (file) => extensionOf(file));
  const all = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  const shown = all.length > MOST_KINDS ? all.slice(0, MOST_KINDS - 1) : all;
  const rest = all.slice(shown.length);
  const more = rest.reduce((sum, [, files]) => sum + files.length, 0);
  return [
    ...shown.map(([extension, files]) => ({ code: "data/not-images", message: kindText(extension, files) })),
    ...(more === 0
      ? []
      : [{ code: "data/not-images", message: `${count(more, "file")} of ${rest.length} other kinds are no images` }]),
  ];
}

function othersIn({ others, folders }: FolderTree, except: readonly FolderTree[]): readonly string[] {
  return [
    ...others,
    ...folders.filter((folder) => !except.includes(folder)).flatMap((folder) => othersIn(folder, except)),
  ];
}

function kindText(extension: string, files: readonly string[]): string {
  const unread = isUnreadFormat(extension);
  const [only = "", ...more] = files;
  const them = more.length === 0 ? "it" : "them";
  const convert = `cannot be read: convert ${them} to .png or .jpg to use ${them}`;
  if (more.length === 0) return `${only} ${unread ? convert : "is no image"}`;
  const which = extension === "" ? "files without an extension" : `${extension} files`;
  const much = `${grouped(files.length)} ${which}`;
  const places = [...Map.groupBy(files, folderOf)].map(([folder, inside]) => ({ folder, many: inside.length }));
  const [place] = places;
  if (place !== undefined && places.length === 1) {
    const where = place.folder === "" ? "" : ` in ${place.folder}`;
    return `${much}${where} ${unread ? convert : "are no images"}`;
  }
  const each = named(places.map(({ folder, many }) => `${grouped(many)} in ${folder === "" ? "./" : folder}`));
  return `${much} ${unread ? convert : "are no images"} (${each})`;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
