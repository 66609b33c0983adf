import type { Because } from '@upscale/types'
import type { Command } from 'commander'
import { readText } from './arguments.ts'
import { usageProblem } from './problem.ts'
import type { World } from './world.ts'

export interface BecauseOptions {
  reason?: string
  actor?: string
}

/** Every command that changes something asks who and why. */
export const addBecause = (command: Command): Command =>
  command
    .option('--reason <text>', 'why (required): stands in the audit for ever')
    .option('--actor <name>', 'who (default: UPSCALE_ACTOR, else your name on this machine)')

/** Who and why, from the options of `addBecause`. */
export function becauseOf(options: BecauseOptions, world: World): Because {
  const reason = readText(
    'Say why with --reason "…": it stands in the audit for ever.',
    options.reason,
  )
  return { reason, actor: options.actor?.trim() || world.env['UPSCALE_ACTOR'] || userName(world) }
}

function userName(world: World): string {
  try {
    return world.userName()
  } catch {
    throw usageProblem('Say who you are with --actor or UPSCALE_ACTOR: the system has no name.')
  }
}
