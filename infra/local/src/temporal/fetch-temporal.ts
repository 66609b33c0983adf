import { TestWorkflowEnvironment } from '@temporalio/testing'

// A process of its own: the SDK's download cannot be stopped, a process can.
const [downloadDir, version] = process.argv.slice(2)
if (downloadDir === undefined || version === undefined)
  throw new Error('Which folder, which version?')
const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'cached-download', downloadDir, version, ttl: '3650d' },
    ui: false,
  },
})
await environment.teardown()
