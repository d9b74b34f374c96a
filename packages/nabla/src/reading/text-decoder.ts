import { hostScope } from "../base/host-scope.ts";

/**
 * The host's `TextDecoder`, as far as reading needs it. Browsers, workers, Node and Deno all have it; it is declared here so
 * that the package compiles without the types of any of them.
 */
interface Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

interface DecoderHost {
  readonly TextDecoder: new (
    label: string,
    options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
  ) => Decoder;
}

/**
 * A decoder of the encoding with this label, as the Encoding Standard names them ("windows-1252", "latin1", "shift_jis"); a byte
 * order mark is not skipped. Bytes that mean nothing throw where `fatal` says so, else become U+FFFD. Throws a RangeError for a
 * label that is not known.
 */
export function textDecoder(label: string, fatal: boolean): Decoder {
  const { TextDecoder } = hostScope<DecoderHost>();
  return new TextDecoder(label, { fatal, ignoreBOM: true });
}
