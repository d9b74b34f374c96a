import { encodingOf } from "nabla/tables";
import type { Bytes } from "./decompress.ts";

/** What happens as XML is read. Names come without their prefixes. */
export interface XmlEvents {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** Is called with each text; nothing is by default. */
  text?(text: string): void;
  /** Is called at each end of an element; nothing is by default. */
  close?(name: string): void;
}

/** Reads XML as it comes. Throws an Error that names the line where it is not well-formed, and what the source throws. */
export async function readXml(source: Bytes, events: XmlEvents): Promise<void> {
  const { SaxesParser } = await import("saxes");
  const parser = new SaxesParser({ xmlns: false as const, position: true });
  parser.on("opentag", ({ name, attributes }) => events.open(plain(name), attributes));
  parser.on("closetag", ({ name }) => events.close?.(plain(name)));
  parser.on("text", (text) => events.text?.(text));
  parser.on("cdata", (text) => events.text?.(text));
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of source) {
    decoder ??= new TextDecoder(encodingOf(chunk) ?? "utf-8");
    parser.write(decoder.decode(chunk, { stream: true }));
  }
  parser.write(decoder?.decode() ?? "");
  parser.close();
}

function plain(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
