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
