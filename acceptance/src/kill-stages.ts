import { fileURLToPath } from 'node:url'
import { clip } from '@upscale/testing'
import type { Cast } from './cast.ts'
import type { Stage } from './kill-cells.ts'
import { stageOf } from './kill-hands.ts'
import type { Hands } from './kill-hands.ts'
import type { Jobs, Posted } from './kill-jobs.ts'
import { until } from './patiently.ts'

const SAMPLE = fileURLToPath(new URL('../../samples/big-buck-bunny-360p.mp4', import.meta.url))
const PRICE = 3 * 16 // 3 s at 2x
const SAMPLE_PRICE = 6 * 16

/** What a job is brought to its stage with. */
export interface Scene extends Pick<Cast, 'host' | 'us' | 'operator'> {
  hands: Hands
  jobs: Jobs
  accountId: string
  /** Its middle does not decode: it has to fail and be refunded. */
  isBroken: boolean
}

/** A job that stands where it should, until it is let go. */
export interface Held {
  letGo: () => Promise<void>
  /** What an operator does at the very moment. */
  meanwhile?: () => Promise<unknown>
}

/** The file that a customer sends: one that can be upscaled, or one that cannot. */
export const fileOf = (isBroken: boolean) => clip(isBroken ? 'broken.mp4' : 'base.mp4')

export const order = async ({ us, host, jobs }: Scene, isBroken: boolean): Promise<Posted> =>
  jobs.post(us, host.file(await fileOf(isBroken)), { price: PRICE })

/** Brings a job to each stage, recognised by facts alone. */
export const STAGE: Record<Stage, (scene: Scene) => Promise<Held>> = {
  async probing({ us, host, jobs, isBroken }) {
    const gate = host.gated(await fileOf(isBroken), 'probe')
    jobs.post(us, gate.url, { price: PRICE })
    await gate.asked
    return { letGo: async () => gate.open() }
  },

  async debiting(scene) {
    const letGo = await scene.hands.holdRow('billing.account where id', scene.accountId)
    await order(scene, scene.isBroken)
    await scene.hands.someoneWaits('billing_app')
    return { letGo }
  },

  async queued(scene) {
    const held = await STAGE.fetching({ ...scene, isBroken: !scene.isBroken }) // takes the only slot
    await admitted(await order(scene, scene.isBroken))
    return held
  },

  async fetching({ us, host, jobs, isBroken }) {
    const gate = host.gated(await fileOf(isBroken), 'fetch')
    jobs.post(us, gate.url, { price: PRICE })
    await gate.asked
    return { letGo: async () => gate.open() }
  },

  async upscaling(scene) {
    const { us, host, jobs } = scene
    const job = jobs.post(us, host.file(SAMPLE), { price: SAMPLE_PRICE })
    await untilItSays(scene, await admitted(job), 'upscaling')
    return { letGo: async () => undefined }
  },

  async finalizing(scene) {
    const letGo = await scene.hands.takeFolder('objects', 'results')
    await untilItSays(scene, await admitted(await order(scene, false)), 'finalizing')
    return { letGo }
  },

  async settling(scene) {
    const taskId = await admitted(await order(scene, scene.isBroken))
    const letGo = await scene.hands.holdRow('billing.charge where task_id', taskId)
    await scene.hands.someoneWaits('billing_app')
    return { letGo }
  },

  async recording(scene) {
    const { hands, operator, isBroken } = scene
    const taskId = await admitted(await order(scene, isBroken))
    const letGo = await hands.holdRow('gateway.task where task_id', taskId)
    await until('the money is settled or back', async () =>
      (await operator.chargesOf(taskId)).every((state) => state !== 'debited'),
    )
    await hands.someoneWaits('gateway_app')
    return { letGo }
  },

  async parked(scene) {
    const { hands, jobs, operator, isBroken } = scene
    const giveBack = await hands.takeFolder('work')
    const taskId = await admitted(await order(scene, false))
    const handle = operator.temporal.workflow.getHandle(taskId)
    await until('the job is parked', async () => {
      const { searchAttributes } = await handle.describe()
      return searchAttributes['UpscaleStage']?.[0] === 'needs_attention'
    })
    await giveBack()
    if (isBroken) jobs.decisions.set(taskId, 'refund')
    return { letGo: async () => undefined, meanwhile: () => jobs.decide(taskId) }
  },
}

async function admitted(job: Posted): Promise<string> {
  const { taskId } = await job.answer
  if (taskId === null) throw new Error('It was not admitted, and nothing was wrong yet')
  return taskId
}

const untilItSays = ({ operator }: Scene, taskId: string, stage: string): Promise<unknown> =>
  until(`the job is ${stage}`, async () => {
    const { raw } = await operator.temporal.workflow.getHandle(taskId).describe()
    return stageOf(raw.pendingActivities ?? []) === stage
  })
