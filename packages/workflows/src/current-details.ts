import type { Outcome, Price, TaskError, UpscaleJob } from '@upscale/types'

/** Markdown that the Temporal UI shows beside a job: what happens, and what a person can do. */
export const runningDetails = (job: UpscaleJob, round: number): string =>
  `**Upscaling ${job.factor}x**, round ${round}. Progress stands under Pending Activities. ` +
  'Canceling the workflow stops the engine and gives all credits back.'

export const parkedDetails = (
  job: UpscaleJob,
  error: TaskError,
  { creditsUsed }: Price,
  atMs: number,
): string =>
  [
    `**Needs an operator** since ${instant(atMs)}.`,
    `What happened: \`${error.code}\` — ${error.message}.`,
    `What it costs: ${creditsUsed} credits of \`${job.accountId}\` are charged and stay so while it waits. ` +
      `At ${instant(atMs + job.parkForMs)} the job ends as failed by itself, and they go back; only what an ` +
      'earlier run of it delivered stays paid for.',
    'To go on, mend the cause, then **More Actions → Send an Update → `retry`** (Data may stay empty): ' +
      'it upscales again from the start, at no new charge.',
    'To give up, send **`refund`** in the same way: the credits go back now, and the job ends as failed.',
  ].join('\n\n')

export function endedDetails({ outcome, error, creditsUsed, size }: Outcome): string {
  if (error) return `**${outcome}**: \`${error.code}\` — ${error.message}`
  return `**${outcome}**: ${size}, ${creditsUsed} credits`
}

const instant = (ms: number): string => new Date(ms).toISOString()
