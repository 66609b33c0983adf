import { once } from 'node:events'
import { rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import express from 'express'
import { SAMPLE_CLIP } from '../repository.ts'

/** Serves the state folder's sample files, the clip of the repository among them, to our own apps. */
export async function startSampleServer(folder: string, port: number): Promise<AsyncDisposable> {
  // A link keeps the clip's date: jobs that a restart interrupts must find the file that they priced.
  const link = join(folder, basename(SAMPLE_CLIP))
  rmSync(link, { force: true })
  symlinkSync(SAMPLE_CLIP, link)
  const app = express()
    .disable('x-powered-by')
    .use(express.static(folder, { index: false }))
  const server = app.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
