import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ReadyStack, Reporter } from '../output/reporter.ts'
import { Problem } from '../problem.ts'
import { sourceArgs } from '../repository.ts'
import { waitForRunningStack } from '../stack/stack-record.ts'
import type { StateFolder } from '../state-folder.ts'
import type { StepEvent } from '../steps/run-steps.ts'

export interface DemoStack extends AsyncDisposable {
  ready: ReadyStack
}

/** The stack that runs, or a new one that ends with us unless it is to be kept. */
export async function openDemoStack(options: {
  state: StateFolder
  port: string
  keep: boolean
  reporter: Reporter
  signal: AbortSignal
}): Promise<DemoStack> {
  const running = await waitForRunningStack(options.state)
  if (running) return { ready: running.ready, [Symbol.asyncDispose]: () => Promise.resolve() }
  return await launchStack(options)
}

async function launchStack(options: Parameters<typeof openDemoStack>[0]): Promise<DemoStack> {
  const { state, port, keep, reporter, signal } = options
  const args = ['start', '--json', '--state', state.root, '--port', port]
  const child = spawn(
    process.execPath,
    [...sourceArgs('infra/local/src/main.ts'), ...args, ...(keep ? [] : ['--with-stdin'])],
    { detached: true, stdio: [keep ? 'ignore' : 'pipe', 'pipe', 'pipe'] },
  )
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('The stack has no output')
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  const complaints: string[] = []
  createInterface({ input: stderr }).on('line', (line) => complaints.push(line))
  const ready = Promise.withResolvers<ReadyStack>()
  let isReady = false // what it says later is for who started it by hand
  createInterface({ input: stdout }).on('line', (text) => {
    const line = JSON.parse(text) as { kind?: string; ready?: boolean; text?: string }
    if (line.kind === 'step') reporter.step(line as unknown as StepEvent)
    if (line.kind === 'note' && !isReady) reporter.say(line.text ?? '')
    if (!line.ready) return
    isReady = true
    ready.resolve(line as unknown as ReadyStack)
  })
  const failed = exited.then((): never => {
    throw new Problem(complaints.join('\n') || 'The stack does not start.')
  })
  const interrupted = once(signal, 'abort').then(() => {
    throw signal.reason
  })
  try {
    const stack = await Promise.race([ready.promise, failed, interrupted])
    if (!keep) return { ready: stack, [Symbol.asyncDispose]: stop }
    const letGo = async () => {
      for (const stream of [stdout, stderr]) stream.destroy()
      child.unref()
    }
    return { ready: stack, [Symbol.asyncDispose]: letGo }
  } catch (error) {
    await stop()
    throw error
  } finally {
    for (const race of [failed, interrupted]) race.catch(() => {})
  }
}
