import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client'
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The floor: Update-with-Start, two no-op steps, the answer; worker processes as many as ours. */
export async function startBareShape(address: string, folder: string) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: here('bare-workflow.ts'),
    logger: new DefaultLogger('ERROR'),
  })
  const bundle = join(folder, 'bare-workflow.js')
  await writeFile(bundle, code)
  const workers = await Promise.all([
    startWorker(address, 'bare', bundle),
    startWorker(address, 'bare-probe'),
    startWorker(address, 'bare-debit'),
    startWorker(address, 'bare-record'), // and none for bare-upscale: jobs stay queued, as ours
  ])
  const connection = await Connection.connect({ address })
  const client = new Client({ connection })

  return {
    async post(): Promise<void> {
      const workflowId = `bare_${randomUUID()}`
      const startWorkflowOperation = new WithStartWorkflowOperation('bareJob', {
        workflowId,
        taskQueue: 'bare',
        args: [workflowId],
        workflowIdConflictPolicy: 'USE_EXISTING',
      })
      await client.workflow.executeUpdateWithStart('admit', { startWorkflowOperation })
    },
    async [Symbol.asyncDispose]() {
      await connection.close()
      await Promise.all(workers.map(stopWorker))
    },
  }
}

async function startWorker(...args: string[]): Promise<ChildProcess> {
  const child = fork(here('bare-worker.ts'), args)
  await once(child, 'message')
  return child
}

async function stopWorker(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
}
