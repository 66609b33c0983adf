import { readFileSync } from 'node:fs'
import type { StackInfo } from './operator.ts'

/** The port where the tests' customer keeps videos; the stack is told to allow it. */
export const CUSTOMER_PORT = 24_990
/** Allowed too, and nobody listens there. */
export const DEAD_PORT = 24_989
export const STACK_PORT = 24_900

/** The stack that the whole run shares; started before the first test file. */
export function sharedStack(): StackInfo {
  const file = process.env['UPSCALE_STACK_FILE']
  if (!file) throw new Error('No stack: run the tests through pnpm test')
  return JSON.parse(readFileSync(file, 'utf8')) as StackInfo
}
