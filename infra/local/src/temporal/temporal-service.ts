import { basename, dirname } from 'node:path'
import { childService } from '../supervise/child-service.ts'
import type { Service } from '../supervise/service.ts'
import { until } from '../supervise/until-ready.ts'
import { checkTemporal, devServerArgs, keepClosedRuns } from './temporal-server.ts'

export const DEFAULT_NAMESPACE = 'default'
const KEPT_DAYS = 30 // as long as results are
const GRACE_MS = 5_000

/** The official dev server as a process of ours. */
export function temporalService(options: {
  program: string
  port: number
  uiPort?: number
  file?: string
  onLine: (line: string) => void
}): Service {
  const { program, port, uiPort, file, onLine } = options
  const place = { address: `127.0.0.1:${port}`, namespace: DEFAULT_NAMESPACE }
  return childService({
    name: 'temporal',
    url: uiPort === undefined ? null : `http://127.0.0.1:${uiPort}`,
    health: null,
    command: program,
    // It takes the name for a URL, which a folder called `#1?` would cut: so a name without its folder.
    ...(file !== undefined && { cwd: dirname(file) }),
    args: devServerArgs({ port, uiPort, file: file && basename(file) }),
    onLine,
    graceMs: GRACE_MS,
    async ready(signal) {
      await until(() => checkTemporal(place).then(() => true), signal)
      await keepClosedRuns(place, KEPT_DAYS)
    },
  })
}
