import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import { AUDIT_SCHEDULE, RECONCILE_INPUT, RECONCILE_SCHEDULE } from '@upscale/workflows/activities'
import { ensureSchedules } from '../src/ensure-schedules.ts'

test('the schedules exist once, and one that an operator paused stays paused', async () => {
  await using temporal = await testTemporal(['UpscaleStage'])
  const { client } = temporal
  await Promise.all([ensureSchedules(client), ensureSchedules(client)]) // two hosts start at once
  const reconcile = client.schedule.getHandle(RECONCILE_SCHEDULE)
  expect(await reconcile.describe()).toMatchObject({
    spec: { intervals: [{ every: 60_000 }] },
    policies: { overlap: 'SKIP', catchupWindow: 60_000 },
    action: {
      workflowType: 'reconcileBilling',
      args: [RECONCILE_INPUT],
      taskQueue: 'orchestrator',
    },
    state: { paused: false },
  })
  const audit = await client.schedule.getHandle(AUDIT_SCHEDULE).describe()
  expect(audit.action).toMatchObject({ args: [{ audit: true }] })

  await reconcile.pause('while we restore a backup')
  await ensureSchedules(client)
  expect((await reconcile.describe()).state).toMatchObject({
    paused: true,
    note: 'while we restore a backup',
  })
})

test('the first pass is at once, not at the end of the minute', async () => {
  await using temporal = await testTemporal(['UpscaleStage'])
  await ensureSchedules(temporal.client)
  const schedule = temporal.client.schedule.getHandle(RECONCILE_SCHEDULE)
  let passes = 0
  for (const deadline = Date.now() + 3_000; passes === 0 && Date.now() < deadline;) {
    await sleep(50)
    passes = (await schedule.describe()).info.recentActions.length
  }
  expect(passes).toBe(1)
})
