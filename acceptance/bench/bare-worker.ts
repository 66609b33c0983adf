import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'

/** One worker process of the bare shape: `bare-worker.ts <address> <queue> [bundle]`. */
const [, , address = '', taskQueue = '', codePath] = process.argv
Runtime.install({ logger: new DefaultLogger('ERROR') })
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection,
  taskQueue,
  ...(codePath ? { workflowBundle: { codePath } } : { activities: { step: async () => ({}) } }),
})
process.send?.('ready')
await worker.run()
await connection.close()
