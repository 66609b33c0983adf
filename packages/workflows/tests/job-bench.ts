import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { WithStartWorkflowOperation } from '@temporalio/client'
import type { WorkflowHandle } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { testTemporal } from '@upscale/testing'
import type {
  AccountId,
  Admission,
  MediaFacts,
  TaskId,
  UpscaleJob,
  UpscaleOutput,
} from '@upscale/types'
import { QUEUES, SEARCH_ATTRIBUTES } from '../src/activities.ts'
import type {
  BillingActivities,
  GatewayActivities,
  ProbeActivities,
  RecordTaskInput,
  UpscaleActivities,
} from '../src/activities.ts'
import { admitUpdate } from '../src/messages.ts'
import type { upscaleVideo } from '../src/index.ts'
import { ledgerModel } from './ledger-model.ts'

export const bundle = {
  codePath: fileURLToPath(new URL('../bundle/workflows.js', import.meta.url)),
}

type Steps = ProbeActivities & BillingActivities & UpscaleActivities & GatewayActivities
export type Bench = Awaited<ReturnType<typeof jobBench>>
export type JobHandle = WorkflowHandle<typeof upscaleVideo>

export const MEDIA: MediaFacts = {
  container: 'mp4',
  bytes: 551_457,
  durationMs: 8_500,
  durationFrom: 'header',
  layout: 'faststart',
  video: {
    codec: 'h264',
    width: 640,
    height: 360,
    codedWidth: 640,
    codedHeight: 360,
    rotation: 0,
    sar: [1, 1],
    fps: 25,
    frames: 132,
    framesExact: true,
    vfr: false,
    transfer: 'sdr',
    dolbyVision: false,
  },
  audio: [{ codec: 'aac' }],
  otherTracks: 0,
}

export const OUTPUT: UpscaleOutput = {
  outputKey: 'results/x/y/upscaled.mp4',
  output: {
    width: 1280,
    height: 720,
    fps: 25,
    codec: 'h264',
    container: 'mp4',
    durationMs: 8_500,
    bytes: 1_000_000,
    sha256: 'a'.repeat(64),
  },
  timings: { fetchMs: 1, prepareMs: 1, upscaleMs: 1, finalizeMs: 1 },
  startedAt: 1_800_000_000_000,
  attempt: 1,
}

/** A namespace with the real workflow, and steps that each test may replace. */
export async function jobBench() {
  Runtime.install({ logger: new DefaultLogger('ERROR') }) // failures here are meant
  const temporal = await testTemporal(SEARCH_ATTRIBUTES.map(({ name }) => name))
  const connection = await NativeConnection.connect({ address: temporal.address })
  let steps: Steps
  const common = { connection, namespace: temporal.namespace, maxHeartbeatThrottleInterval: 100 }
  const activity = (taskQueue: string, ...names: (keyof Steps)[]) =>
    Worker.create({
      ...common,
      taskQueue,
      activities: Object.fromEntries(
        names.map((name) => [
          name,
          (input: never) => (steps[name] as (i: never) => unknown)(input),
        ]),
      ),
    })
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: QUEUES.orchestrator, workflowBundle: bundle }),
    activity(QUEUES.mediaProbe, 'probeVideo'),
    activity(QUEUES.billing, 'debit', 'refund', 'settle'),
    activity(QUEUES.upscale, 'upscale'),
    activity(QUEUES.upscaleMagic, 'upscale'),
    activity(QUEUES.gateway, 'recordTask'),
  ])
  const running = workers.map((worker) => worker.run())

  return {
    client: temporal.client,
    /** Begins a test: fresh books and records, and the steps that it replaces. */
    begin(replaced: Partial<Steps> = {}, granted = 1_000) {
      const books = ledgerModel(granted)
      const records: RecordTaskInput[] = []
      steps = {
        probeVideo: async () => MEDIA,
        debit: async (input) => books.debit(input),
        refund: async (input) => books.refund(input),
        settle: async (key) => books.settle(key),
        upscale: async () => OUTPUT,
        recordTask: async (input) => void records.push(input),
        ...replaced,
      }
      return { books, records }
    },
    replace(replaced: Partial<Steps>) {
      steps = { ...steps, ...replaced }
    },
    async post(given: Partial<UpscaleJob> = {}): Promise<{ admission: Admission; job: JobHandle }> {
      const input: UpscaleJob = {
        taskId: `task_${randomBytes(12).toString('hex')}` as TaskId,
        accountId: 'tester:live' as AccountId,
        factor: '2',
        priority: 3,
        parkForMs: 60_000,
        upscale: { attempts: 2, firstRetryMs: 50 },
        source: { host: 'cdn.example', sealed: 'k.sealed' },
        ...given,
      }
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof upscaleVideo>(
        'upscaleVideo',
        {
          workflowId: input.taskId,
          taskQueue: QUEUES.orchestrator,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        },
      )
      const admission = await temporal.client.withDeadline(Date.now() + 20_000, () =>
        temporal.client.workflow.executeUpdateWithStart(admitUpdate, {
          startWorkflowOperation,
          updateId: 'admit',
        }),
      )
      return { admission, job: await startWorkflowOperation.workflowHandle() }
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker.shutdown()
      await Promise.all(running)
      await connection.close()
      await temporal[Symbol.asyncDispose]()
    },
  }
}

/** With RECORD_HISTORIES=1, keeps the history for the replay test: one per outcome. */
export async function keepHistory(
  job: Pick<JobHandle, 'fetchHistory'>,
  outcome: string,
): Promise<void> {
  if (!process.env['RECORD_HISTORIES']) return
  // Stack traces and host names are of the machine that recorded.
  const json = historyToJSON(await job.fetchHistory())
    .replace(/"stackTrace": ?"(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replace(/"\d+@[^"]*"/g, '"worker"')
  await writeFile(new URL(`../histories/${outcome}.json`, import.meta.url), json)
}

/** Polls until `look` gives something, for what becomes visible a moment later. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await look()
    if (seen) return seen
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It did not happen within 10 s')
}
