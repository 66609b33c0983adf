import type { Because } from '@upscale/types'
import type { Command } from 'commander'
import { readText } from './arguments.ts'
import { usageProblem } from './problem.ts'
import type { World } from './world.ts'

export interface BecauseOptions {
  reason?: string
  actor?: string
  dryRun?: boolean
}

/** Every command that changes something asks who and why, and can be tried first. */
export const addBecause = (command: Command): Command =>
  command
    .option('--reason <text>', 'why (required): stands in the audit for ever')
    .option('--actor <name>', 'who (default: UPSCALE_ACTOR, else your name on this machine)')
    .option('--dry-run', 'say what would happen; nothing moves')

/** Who and why, and whether it is only tried, from the options of `addBecause`. */
export function becauseOf(
  { dryRun, ...options }: BecauseOptions,
  world: World,
): Because & { dryRun?: boolean | undefined } {
  const reason = readText(
    'Say why with --reason "…": it stands in the audit for ever.',
    options.reason,
  )
  const actor = options.actor?.trim() || world.env['UPSCALE_ACTOR'] || userName(world)
  return { reason, actor, dryRun }
}

function userName(world: World): string {
  try {
    return world.userName()
  } catch {
    throw usageProblem('Say who you are with --actor or UPSCALE_ACTOR: the system has no name.')
  }
}
