/** Where the person stands, which relative paths start from: pnpm changes to the root. */
export const callerFolder = (): string => process.env['INIT_CWD'] ?? process.cwd()
