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
  const { program, port, uiPort, onLine } = options
  const place = { address: `127.0.0.1:${port}`, namespace: DEFAULT_NAMESPACE }
  return childService({
    name: 'temporal',
    url: uiPort === undefined ? null : `http://127.0.0.1:${uiPort}`,
    command: program,
    args: devServerArgs(options),
    onLine,
    graceMs: GRACE_MS,
    async ready(signal) {
      await until(() => checkTemporal(place).then(() => true), signal)
      await keepClosedRuns(place, KEPT_DAYS)
    },
  })
}
