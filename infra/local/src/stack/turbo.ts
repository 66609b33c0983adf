import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Problem } from '../problem.ts'
import { inRepository } from '../repository.ts'
import { toolEnvironment } from './app-service.ts'

export interface Turbo {
  program: string
  env: NodeJS.ProcessEnv
}

/** The task runner of the install; it runs each task through pnpm, which `npx` puts on the path. */
export function findTurbo(env: NodeJS.ProcessEnv): Turbo {
  const folders = (env['PATH'] ?? '').split(delimiter)
  if (!folders.some((folder) => existsSync(join(folder, 'pnpm'))))
    throw new Problem(
      'pnpm is not on the PATH: begin the command with `npx pnpm@12`, as in `npx pnpm@12 start`, which brings it.',
    )
  return { program: inRepository('node_modules', '.bin', 'turbo'), env: toolEnvironment(env) }
}
