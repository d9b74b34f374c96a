/** Color where a person reads, and only there. */
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { cleaned, signColors } from "../host/printed.ts";

type Format = Parameters<typeof styleText>[0];

/** Styles text, or leaves it as it is. */
export type Style = (format: Format, text: string) => string;

/** The style for a stream: colors on a terminal that wants them (NO_COLOR and FORCE_COLOR are respected), else none. */
export function styleFor(stream: Writable): Style {
  return (format, text) => signColors(styleText(format, cleaned(text), { stream, validateStream: true }));
}

/** No colors at all. */
export const plain: Style = (_format, text) => text;
