/** Why another machine cannot be reached, by the system's code: https://nodejs.org/api/errors.html#common-system-errors */
export const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it broke the connection off",
  EPIPE: "it broke the connection off",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no way leads there",
  EAI_AGAIN: "its name cannot be looked up at present",
};

/** The code of a name that no machine has. */
export const unknownHost = "ENOTFOUND";
