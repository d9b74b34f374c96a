import { inflateRawSync } from "node:zlib";
import type { Inflate } from "nabla/exchange";

/** Node's own, which stops at the limit. */
export const inflate: Inflate = (bytes, limit) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, limit) });
