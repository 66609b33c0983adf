import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Ready } from './stack.ts'

const run = promisify(execFile)
const BECAUSE = ['--reason', 'an operator tries it']

/** The Temporal CLI against a stack, called as its operators call it. */
export function temporalCli({ temporal }: Pick<Ready, 'temporal'>) {
  const call = async (...args: string[]): Promise<void> => {
    const where = ['--address', temporal.address, '--namespace', temporal.namespace]
    await run(temporal.program ?? 'temporal', [...args, ...where])
  }
  const workflow = (verb: string, taskId: string, ...args: string[]) =>
    call('workflow', verb, '--workflow-id', taskId, ...args)
  return {
    reset(taskId: string, eventId: number, updates: 'sent again' | 'left out') {
      const without = updates === 'left out' ? ['--reapply-exclude', 'Update'] : []
      return workflow('reset', taskId, '--event-id', String(eventId), ...BECAUSE, ...without)
    },
    terminate: (taskId: string) => workflow('terminate', taskId, ...BECAUSE),
    cancel: (taskId: string) => workflow('cancel', taskId),
    activity: (verb: 'pause' | 'unpause' | 'reset', taskId: string, activityId: string) =>
      call('activity', verb, '--workflow-id', taskId, '--activity-id', activityId),
  }
}
