/** Makes tests strict: our sources may not draw a number that no seed decides. */

const draw = Math.random;

function strict(): number {
  // Line 0 is the message, line 1 this function, line 2 the caller. Test tools may draw; our sources may not.
  const caller = new Error().stack?.split("\n")[2] ?? "";
  if (/packages\/[^/]+\/src\//.test(caller))
    throw new Error(`unseeded randomness: Math.random called ${caller.trim()}`);
  return draw();
}

// Files that share a process share this too.
if (draw.name !== strict.name) Math.random = strict;
