/** Names of this machine for itself, as the head of a request has them. */
export const LOCAL_NAMES: readonly string[] = ["127.0.0.1", "localhost", "::1", "[::1]"];
