import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow'

/** The least that any service of this shape does: two steps, an answer, a third step and a record. */
interface Steps {
  step(input: { taskId: string }): Promise<object>
}

const on = (taskQueue: string) =>
  proxyActivities<Steps>({ taskQueue, startToCloseTimeout: '1 hour' })
const admit = defineUpdate<object>('admit')

export async function bareJob(taskId: string): Promise<void> {
  let answer: object | undefined
  setHandler(admit, async () => {
    await condition(() => answer !== undefined)
    return answer ?? {}
  })
  await on('bare-probe').step({ taskId })
  answer = await on('bare-debit').step({ taskId })
  const record = on('bare-record').step({ taskId })
  await on('bare-upscale').step({ taskId })
  await record
}
