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
