import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUpscaleFactor } from '@upscale/types'
import { callerFolder } from '../caller-folder.ts'
import { createApiClient } from '../demo/api-client.ts'
import type { ApiClient, TaskView } from '../demo/api-client.ts'
import { createJsonDemoOutput, createTextDemoOutput, taskPage } from '../demo/demo-output.ts'
import type { DemoOutput } from '../demo/demo-output.ts'
import { openDemoStack } from '../demo/demo-stack.ts'
import { checkResultFile, download } from '../demo/result-file.ts'
import { offerSource, readVideoSource, resultName } from '../demo/video-source.ts'
import type { VideoSource } from '../demo/video-source.ts'
import { createJsonReporter } from '../output/json-reporter.ts'
import type { ReadyStack } from '../output/reporter.ts'
import { createTextReporter } from '../output/text-reporter.ts'
import { readPort } from '../ports.ts'
import { EXIT, Problem } from '../problem.ts'
import { openStateFolder } from '../state-folder.ts'
import type { StateFolder } from '../state-folder.ts'
import { stopRequests } from './stop-requests.ts'

export interface DemoOptions {
  factor: string
  state: string
  port: string
  out?: string
  keep?: boolean
  json?: boolean
}

const ASK_EVERY_MS = 500

/** One video from start to end, as a customer. The exit code tells how it went. */
export async function demo(given: string | undefined, options: DemoOptions): Promise<void> {
  if (!isUpscaleFactor(options.factor)) throw new Problem('--factor must be 1, 2 or 4.', EXIT.usage)
  readPort(options.port)
  const cwd = callerFolder()
  const source = readVideoSource(given, cwd)
  const state = openStateFolder(options.state)
  const savedAs = options.out
    ? resolve(cwd, options.out)
    : join(state.results, resultName(source, options.factor))
  checkResultFile(savedAs)

  const signal = stopRequests({ force: () => {} })
  const reporter = options.json
    ? createJsonReporter(process.stdout, { only: [] })
    : createTextReporter(process.stdout, { only: [] })
  const output = options.json
    ? createJsonDemoOutput(process.stdout)
    : createTextDemoOutput(process.stdout)
  const { port, keep = false, factor } = options
  try {
    await using stack = await openDemoStack({ state, port, keep, reporter, signal })
    process.exitCode = await upscale(stack.ready, {
      state,
      source,
      factor,
      savedAs,
      output,
      signal,
    })
  } catch (error) {
    if (!signal.aborted) throw error
    reporter.say('\nInterrupted. A task that was created goes on whenever its stack runs.')
    process.exitCode = EXIT.interrupted
  }
}

async function upscale(
  stack: ReadyStack,
  job: {
    state: StateFolder
    source: VideoSource
    factor: string
    savedAs: string
    output: DemoOutput
    signal: AbortSignal
  },
): Promise<number> {
  const { state, source, factor, savedAs, output, signal } = job
  const api = createApiClient(stack.api, stack.key)
  const offer = offerSource(source, { folder: state.samples, origin: stack.samples })
  const created = await api.create(offer.url, factor).catch((refusal: unknown) => {
    offer.withdraw()
    throw refusal
  })
  output.created(created, taskPage(stack, created.id))
  const task = await untilEnded(api, created.id, output, signal)
  offer.withdraw()
  const url = task.result?.url
  if (task.status === 'completed' && url) {
    await download(url, savedAs)
    output.ended(task, savedAs)
    return EXIT.ok
  }
  output.ended(task, null)
  return EXIT.taskFailed
}

async function untilEnded(
  api: ApiClient,
  id: string,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<TaskView> {
  for (;;) {
    const task = await api.task(id)
    if (task.status !== 'pending' && task.status !== 'processing') return task
    output.progress(task)
    await sleep(ASK_EVERY_MS, undefined, { signal })
  }
}
