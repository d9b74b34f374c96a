import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Why another machine cannot be reached, by the system's code: https://nodejs.org/api/errors.html#common-system-errors */
export const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "the host is unreachable",
  ENETUNREACH: "the host is unreachable",
  EAI_AGAIN: "its name cannot be resolved at present (DNS)",
};

/** The code of a name that no machine has. */
export const unknownHost = "ENOTFOUND";

/** Addresses that are no machine's of the public web: https://www.iana.org/assignments/iana-ipv4-special-registry */
function privateAddresses(): BlockList {
  const list = new BlockList();
  for (const [net, bits] of [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const)
    list.addSubnet(net, bits);
  for (const [net, bits] of [
    ["::", 127],
    ["64:ff9b::", 96],
    ["fc00::", 7],
    ["fe80::", 10],
    ["ff00::", 8],
  ] as const)
    list.addSubnet(net, bits, "ipv6");
  return list;
}

/** Whether a host is, or is resolved to, an address of this machine or of a private network. */
export async function isPrivate({ hostname }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [{ address: host }];
  const list = privateAddresses();
  return found.some(({ address }) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"));
}
