/** The files of a folder and of all folders in it, images apart from the rest. */
import type { Dirent } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure } from "../host/file-failure.ts";
import { extensionOf, hasImageName, imageFormatOf, SIGNATURE_BYTES } from "./image-format.ts";

/** A folder with what lies in it, in the order of names; paths are relative to the first folder, with slashes. */
export interface FolderTree {
  readonly name: string;
  /** Empty for the first folder. */
  readonly path: string;
  readonly images: readonly string[];
  /** Files that are no images, but for those that systems leave everywhere. */
  readonly others: readonly string[];
  readonly folders: readonly FolderTree[];
}

/** What systems leave in folders, and nobody put there. */
const LITTER = /^(\..*|thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|icon\r|__macosx|@eadir|\$recycle\.bin)$/i;

/** Lists a folder; links are followed, but not in a ring. Throws `files/…`. */
export async function folderTree(root: string): Promise<FolderTree> {
  return await treeAt(root, { name: "", path: "", above: [] });
}

interface Place {
  readonly name: string;
  readonly path: string;
  /** The real paths of the folders above. */
  readonly above: readonly string[];
}

async function treeAt(root: string, { name, path, above }: Place): Promise<FolderTree> {
  const here = join(root, path);
  const [images, others, folders]: [string[], string[], FolderTree[]] = [[], [], []];
  try {
    const real = await realpath(here);
    if (above.includes(real)) return { name, path, images, others, folders };
    const entries = (await readdir(here, { withFileTypes: true })).filter((entry) => !LITTER.test(entry.name));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = path === "" ? entry.name : `${path}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await stat(join(root, inside)).catch(() => entry) : entry;
      if (kind.isDirectory())
        folders.push(await treeAt(root, { name: entry.name, path: inside, above: [...above, real] }));
      else if (await isImage(join(root, inside), kind)) images.push(inside);
      else others.push(inside);
    }
  } catch (error) {
    throw fileFailure(error, "read", here);
  }
  return { name, path, images, others, folders };
}

/** An image by its name, or without an extension by its content. A link to nothing is the image that it should be. */
async function isImage(file: string, kind: Kind): Promise<boolean> {
  if (!kind.isFile() && !kind.isSymbolicLink()) return false;
  if (hasImageName(file)) return true;
  return kind.isFile() && extensionOf(file) === "" && imageFormatOf(await imageHead(file)) !== undefined;
}

type Kind = Pick<Dirent, "isFile" | "isSymbolicLink">;

/** The bytes of a file that tell its format. Throws `files/…`. */
export async function imageHead(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileFailure(error, "read", file);
  }
}

/** The images of a folder and of all folders in it: its own first. */
export function imagesIn({ images, folders }: FolderTree): readonly string[] {
  return [...images, ...folders.flatMap(imagesIn)];
}
