import { stageOf } from './kill-hands.ts'
import { until } from './patiently.ts'
import type { Created } from './customer.ts'
import type { Payer, Stage } from './reset-stage.ts'
import type { Kind } from './reset-expectation.ts'

/** The engine does one at a time, and others may wait for it. */
export const PATIENCE = { limitMs: 120_000, everyMs: 100 }

/** A job that a cell of the matrix has for itself. */
export interface Job {
  taskId: string
  payer: Payer
  /** Its URL answers with this file from now on; null: with nothing. */
  become: (file: string | null) => void
  /** Lets a running job go on, whose engine stands still for as long as it must not end by itself. */
  release: () => Promise<void>
}

/** How a run stands when it needs nobody, or an operator. */
export interface Standing {
  state: 'closed' | 'parked'
  runId: string
}

/** Of 3 s of picture; at 1x and at 2x, where the engine can be caught at work. */
export const PRICE = 48

/** A fresh job of this kind, ordered over HTTP; a parked one needs the broken disk. */
export async function makeJob(stage: Stage, kind: Kind, payer = stage.rich): Promise<Job> {
  if (kind === 'running') return await catchRunning(stage, payer)
  const job = await orderJob(stage, kind, payer)
  await untilStanding(stage, job.taskId, kind === 'parked' ? 'parked' : 'closed')
  return job
}

async function orderJob({ host, clips }: Stage, kind: Kind, payer: Payer): Promise<Job> {
  const { url, become } = host.changing(kind === 'failed' ? clips.broken : clips.good)
  const order = { video_url: url, upscale_factor: kind === 'running' ? '2' : '1' }
  const { body } = await payer.us.upscale(order)
  if (!body.success) throw new Error(`The POST was refused: ${JSON.stringify(body.error)}`)
  const { id: taskId } = body.data as Created
  return { taskId, payer, become, release: () => Promise.resolve() }
}

/** Does what needs the job as it was caught, and lets it go on whatever comes of it. */
export async function releasing<T>(job: Job, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await job.release()
  }
}

const CATCHES = 5 // a quick engine may be done before it is halted

async function catchRunning(stage: Stage, payer: Payer): Promise<Job> {
  for (let tries = 0; tries < CATCHES; tries += 1) {
    const job = await orderJob(stage, 'running', payer)
    const sign = await until(
      `${job.taskId} is upscaled`,
      async () => (await isUpscaling(stage, job)) || ((await isClosed(stage, job)) && 'over'),
      PATIENCE,
    )
    if (sign === 'over') continue
    const release = await stage.haltEngine()
    if (await isUpscaling(stage, job)) return { ...job, release }
    await release()
  }
  throw new Error(`${CATCHES} jobs were over before their engine could be halted`)
}

/** Waits for a run of this job that is closed or parked; `notRunId` is one that was reset meanwhile. */
export async function untilStanding(
  stage: Stage,
  taskId: string,
  wanted?: Standing['state'],
  notRunId?: string,
): Promise<Standing> {
  const look = async (): Promise<Standing | undefined> => {
    const run = await stage.operator.temporal.workflow.getHandle(taskId).describe()
    if (run.runId === notRunId) return undefined
    // Nothing pending: that it is parked has been recorded too.
    const isQuiet = !run.raw.pendingActivities?.length && !run.raw.pendingWorkflowTask
    const isParked = isQuiet && run.searchAttributes['UpscaleStage']?.[0] === 'needs_attention'
    const state = run.status.name !== 'RUNNING' ? 'closed' : isParked ? 'parked' : undefined
    if (state === undefined || (wanted && state !== wanted)) return undefined
    return { state, runId: run.runId }
  }
  return await until(`${taskId} is ${wanted ?? 'closed or parked'}`, look, PATIENCE)
}

/** The engine has given a sign of life from its pictures. */
async function isUpscaling({ operator }: Stage, { taskId }: Job): Promise<boolean> {
  const { raw } = await operator.temporal.workflow.getHandle(taskId).describe()
  return stageOf(raw.pendingActivities ?? []) === 'upscaling'
}

async function isClosed({ operator }: Stage, { taskId }: Job): Promise<boolean> {
  const { status } = await operator.temporal.workflow.getHandle(taskId).describe()
  return status.name !== 'RUNNING'
}

/** An operator's decision on a parked job, as the Temporal UI sends it. */
export const decide = (
  { operator }: Stage,
  taskId: string,
  decision: 'retry' | 'refund',
): Promise<string> =>
  operator.temporal.workflow.getHandle(taskId).executeUpdate<string, []>(decision)
