import { inRepository, sourceArgs } from '../repository.ts'
import { childService } from '../supervise/child-service.ts'
import type { Service } from '../supervise/service.ts'
import { untilHealthy } from '../supervise/until-ready.ts'
import type { AppPlan } from './apps.ts'

const GRACE_MS = 30_000 // the gateway answers what has begun for up to 25 s; then it is killed

/** An app from its source, as a process of its own. */
export const appService = (plan: AppPlan, onLine: (line: string) => void): Service =>
  childService({
    name: plan.name,
    url: plan.url,
    health: healthUrl(plan),
    command: process.execPath,
    args: sourceArgs(plan.entry),
    env: { ...appEnvironment(process.env), ...plan.env },
    onLine,
    graceMs: GRACE_MS,
    ready: (signal) => untilHealthy(plan.healthPort, signal),
  })

/** Where an app tells people how each of its parts is. */
export const healthUrl = ({ healthPort }: AppPlan): string =>
  `http://127.0.0.1:${healthPort}/readyz`

/**
 * A person's settings go through to the apps; the administrator's access does not, nor HOST: some shells
 * export the machine's name in it, and a local stack is for this machine alone.
 */
export function appEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _admin, HOST: _host, ...rest } = env
  return rest
}

/** For our own tools: the Node and the programs of the install come first. */
export const toolEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: `${inRepository('node_modules', '.bin')}:${env['PATH'] ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
})
