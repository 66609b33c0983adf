import { mkdir, writeFile } from 'node:fs/promises'
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker'

// From dist, as production runs it; a prebuilt bundle starts a worker in a fraction of the time.
const workflowsPath = new URL('../dist/index.js', import.meta.url).pathname
const folder = new URL('../bundle/', import.meta.url)
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
await mkdir(folder, { recursive: true })
await writeFile(new URL('workflows.js', folder), code)
