/** The kinds of every family, for programs that make what data describes, whatever it is: `nabla/all`. */
export { kindFamilies, kindTables } from "../train/kind-tables.ts";
