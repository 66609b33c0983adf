import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { testTemporal } from '@upscale/testing'
import {
  AUDIT_INPUT,
  AUDIT_SCHEDULE,
  RECONCILE_INPUT,
  RECONCILE_SCHEDULE,
  REMOVE_EXPIRED_SCHEDULE,
} from '@upscale/workflows/activities'
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
  const audit = client.schedule.getHandle(AUDIT_SCHEDULE)
  expect(await audit.describe()).toMatchObject({
    spec: { calendars: [{ hour: [{ start: 3 }], minute: [{ start: 30 }] }] },
    policies: { overlap: 'SKIP', catchupWindow: 12 * 3_600_000 },
    action: { args: [AUDIT_INPUT] },
  })
  expect(await client.schedule.getHandle(REMOVE_EXPIRED_SCHEDULE).describe()).toMatchObject({
    spec: { intervals: [{ every: 600_000 }] },
    policies: { overlap: 'SKIP' },
    action: { workflowType: 'removeExpired', taskQueue: 'orchestrator' },
    state: { paused: false },
  })

  await reconcile.pause('while we restore a backup')
  await ensureSchedules(client)
  expect((await reconcile.describe()).state).toMatchObject({
    paused: true,
    note: 'while we restore a backup',
  })
})

test('a schedule of an older release is brought up to date', async () => {
  await using temporal = await testTemporal(['UpscaleStage'])
  const { client } = temporal
  await ensureSchedules(client)
  const reconcile = client.schedule.getHandle(RECONCILE_SCHEDULE)
  await reconcile.update((old) => ({ ...old, spec: { intervals: [{ every: '1 hour' }] } }))
  expect((await reconcile.describe()).spec.intervals).toMatchObject([{ every: 3_600_000 }])
  await ensureSchedules(client)
  expect((await reconcile.describe()).spec.intervals).toMatchObject([{ every: 60_000 }])
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
