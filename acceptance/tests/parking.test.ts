import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { openCast } from '../src/cast.ts'
import { hasEnded } from '../src/customer.ts'
import type { Created } from '../src/customer.ts'

const cast = await openCast({ name: 'parked', plan: 'pro_monthly', credits: 1_000 })
const { stack, host, operator, us } = cast
const work = join(stack.state, 'work')
const aside = join(stack.state, 'work-aside')

afterAll(() => cast[Symbol.asyncDispose]())
beforeAll(async () => {
  await rename(work, aside)
  await writeFile(work, '') // no folder can be made here: an outage of our own
})

/** The ids of the jobs that an operator finds with the saved query. */
async function waitingJobs(): Promise<string[]> {
  const ids: string[] = []
  const query = `UpscaleStage = 'needs_attention'`
  for await (const { workflowId } of operator.temporal.workflow.list({ query }))
    ids.push(workflowId)
  return ids
}

async function postAndPark(): Promise<string> {
  const posted = await us.upscale({ video_url: host.file(await clip('base.mp4')) })
  const { id } = posted.body.data as Created
  for (let tries = 0; !(await waitingJobs()).includes(id); tries += 1) {
    if (tries > 150) throw new Error('It was not parked within 30 s')
    await sleep(200)
  }
  return id
}

test('an outage parks a paid job; refund and retry from the Temporal UI end it', async () => {
  const given = await postAndPark()
  const kept = await postAndPark()
  expect(await us.credits()).toBe(1_000 - 2 * 48)
  expect(await us.getTask(kept)).toMatchObject({
    status: 'processing',
    eta_seconds: null,
    error: null,
  })

  // As the UI sends them: by name, without data or with a text.
  const run = (id: string) => operator.temporal.workflow.getHandle(id)
  await run(given).executeUpdate<string, [string]>('refund', {
    args: ['the disk is gone for good'],
  })
  expect(await us.watch(given, hasEnded)).toMatchObject({
    status: 'failed',
    error: { code: 'UPSCALER_UNAVAILABLE', retryable: true, refunded_credits: 48 },
  })

  await rm(work)
  await rename(aside, work)
  await run(kept).executeUpdate<string, []>('retry')
  expect(await us.watch(kept, hasEnded)).toMatchObject({ status: 'completed', attempts: 4 })
  expect(await operator.chargesOf(given)).toEqual(['refunded'])
  expect(await operator.chargesOf(kept)).toEqual(['settled'])
  expect(await us.credits()).toBe(1_000 - 48)
  expect(await operator.brokenBooks()).toEqual([])
})
