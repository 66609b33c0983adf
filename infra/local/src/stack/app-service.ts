import { inRepository, sourceArgs } from '../repository.ts'
import { childService } from '../supervise/child-service.ts'
import type { Service } from '../supervise/service.ts'
import { untilHealthy } from '../supervise/until-ready.ts'
import type { AppPlan } from './apps.ts'

const GRACE_MS = 20_000 // the longest drain of an app, then it is killed

/** An app from its source, as a process of its own. */
export const appService = (plan: AppPlan, onLine: (line: string) => void): Service =>
  childService({
    name: plan.name,
    url: plan.url,
    command: process.execPath,
    args: sourceArgs(plan.entry),
    env: { ...appEnvironment(process.env), ...plan.env },
    onLine,
    graceMs: GRACE_MS,
    ready: (signal) => untilHealthy(plan.healthPort, signal),
  })

/** A person's settings go through to the apps; the administrator's access does not. */
export function appEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _admin, ...rest } = env
  return rest
}

/** For our own tools: the Node and the programs of the install come first. */
export const toolEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: `${inRepository('node_modules', '.bin')}:${env['PATH'] ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
})
