import { Problem } from '../problem.ts'
import { runCommand } from '../run-command.ts'
import type { Progress } from '../steps/run-steps.ts'
import { buildTemporal, builtTemporal, hasGo } from './build-temporal.ts'
import { downloadTemporal, downloadedTemporal } from './download-temporal.ts'
import { isRecentTemporal } from './temporal-version.ts'

/** Path of an official CLI: from PATH, from our caches, downloaded by the SDK, or built with Go. */
export async function findTemporal(progress: Progress): Promise<string> {
  const { code, stdout } = await runCommand('temporal', ['--version'])
  if (code === 0 && isRecentTemporal(stdout)) return noted(progress, 'from PATH', 'temporal')
  const kept = (await downloadedTemporal()) ?? builtTemporal()
  if (kept) return noted(progress, 'kept from before', kept)
  progress.say('asks for the official download')
  const downloaded = await downloadTemporal(progress)
  if (downloaded) return noted(progress, 'downloaded', downloaded)
  if (!(await hasGo())) throw noTemporal()
  return noted(progress, 'built with Go', await buildTemporal(progress))
}

function noted(progress: Progress, note: string, path: string): string {
  progress.say(note)
  return path
}

const noTemporal = (): Problem =>
  new Problem(
    'A Temporal server is needed and its download is not reachable: install the Temporal CLI (https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a server of yours, or install Go 1.26 or newer (https://go.dev/dl) so that it can be built here.',
  )
