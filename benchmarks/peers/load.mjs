/** Peers live in this folder's node_modules, so they are looked for from here. Rejects where one is not installed. */
export const load = (name) => import(name);
