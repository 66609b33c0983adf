import type { ReadyStack } from '../output/reporter.ts'
import type { CreatedTask, TaskView } from './api-client.ts'
import { renderPrice, renderProgress, renderReceipt, renderSizes } from './render-demo.ts'

/** What the demo tells while it goes. */
export interface DemoOutput {
  created(task: CreatedTask, page: string | null): void
  progress(task: TaskView): void
  ended(task: TaskView, savedAs: string | null): void
}

/** The task's page for operators, where a web page is known. */
export const taskPage = ({ temporal }: ReadyStack, taskId: string): string | null =>
  temporal.ui && `${temporal.ui}/namespaces/${temporal.namespace}/workflows/${taskId}`

export function createJsonDemoOutput(out: NodeJS.WritableStream): DemoOutput {
  const write = (value: object) => void out.write(`${JSON.stringify(value)}\n`)
  return {
    created: (task, page) => write({ kind: 'created', task, temporal: page }),
    progress: ({ id, status, stage, progress, eta_seconds }) =>
      write({ kind: 'progress', id, status, stage, progress, eta_seconds }),
    ended: (task, savedAs) => write({ kind: 'ended', task, file: savedAs }),
  }
}

export function createTextDemoOutput(out: NodeJS.WriteStream): DemoOutput {
  const line = (name: string, text: string) => void out.write(`${name.padEnd(9)} ${text}\n`)
  let shown = ''
  return {
    created(task, page) {
      line('Task', task.id)
      line('Price', renderPrice(task))
      if (page) line('Temporal', page)
    },
    progress(task) {
      // A bar is redrawn in place; where that cannot be, each new stage is a line.
      const text = out.isTTY ? renderProgress(task) : task.stage
      if (text === shown) return
      shown = text
      if (out.isTTY) out.write(`\r\u001B[K${text}`)
      else line('Progress', renderProgress(task))
    },
    ended(task, savedAs) {
      if (out.isTTY) out.write('\r\u001B[K')
      if (task.error) line('Failed', `${task.error.code}: ${task.error.message}`)
      if (savedAs) {
        line('Result', savedAs)
        line('Size', renderSizes(task))
      }
      line('Receipt', renderReceipt(task))
    },
  }
}
