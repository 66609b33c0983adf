import type { Outcome, TaskError, UpscaleJob } from '@upscale/types'

/** Markdown that the Temporal UI shows beside a job: what happens, and what a person can do. */
export const runningDetails = (job: UpscaleJob, round: number): string =>
  `**Upscaling ${job.factor}x**, round ${round}. Progress stands under Pending Activities. ` +
  'Canceling the workflow stops the engine and gives all credits back.'

export const parkedDetails = (job: UpscaleJob, error: TaskError, atMs: number): string =>
  [
    `**Needs an operator** since ${instant(atMs)}.`,
    `What happened: \`${error.code}\` — ${error.message}.`,
    `The credits stay charged. Refunded by itself at ${instant(atMs + job.parkForMs)}.`,
    'To go on: **More Actions → Send an Update → retry** (Data may stay empty) upscales again at no new charge;',
    '**refund** gives the credits back now and ends the job.',
  ].join('\n\n')

export function endedDetails({ outcome, error, creditsUsed, size }: Outcome): string {
  if (error) return `**${outcome}**: \`${error.code}\` — ${error.message}`
  return `**${outcome}**: ${size}, ${creditsUsed} credits`
}

const instant = (ms: number): string => new Date(ms).toISOString()
