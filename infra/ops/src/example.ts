import type { Command } from 'commander'

/** Ends the help of a command; the lines follow `npx pnpm@12 ops`. */
export const addExample = (command: Command, ...lines: string[]): Command =>
  command.addHelpText(
    'after',
    `\nExample:\n${lines.map((line) => `  npx pnpm@12 ops ${line}`).join('\n')}`,
  )
