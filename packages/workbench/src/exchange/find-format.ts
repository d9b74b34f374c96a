import { basename } from "node:path";
import { listing, NablaError, nearest } from "nabla";
import type { ModelFormat } from "./format.ts";
import { formats } from "./formats.ts";

/** The format of this name. Throws `usage/format` with the nearest names. */
export function formatNamed(name: string): ModelFormat {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  const names = Object.keys(formats);
  const hint = `did you mean ${nearest(name, names, 1).join()}? There are ${listing(names)}`;
  throw new NablaError("usage/format", `there is no format "${name}"`, hint);
}

/** A format that can be read. */
export interface ReadableFormat {
  readonly name: string;
  readonly endings: ModelFormat["endings"];
  readonly read: NonNullable<ModelFormat["read"]>;
}

/** The format of a file by how its name ends. Throws `usage/format`. */
export function formatOf(path: string): ReadableFormat {
  const file = basename(path).toLowerCase();
  const readable = Object.entries(formats).flatMap(([name, { endings, read }]) =>
    read === undefined ? [] : [{ name, endings, read }],
  );
  const found = readable.find(({ endings }) => endings.some((ending) => file.endsWith(ending)));
  if (found !== undefined) return found;
  throw new NablaError(
    "usage/format",
    `${path} is of no format that can be imported`,
    `files end in ${listing(
      readable.flatMap(({ endings }) => endings),
      "or",
    )}`,
  );
}
