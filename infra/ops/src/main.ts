import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runOps } from './run-ops.ts'

// A reader that goes away early, such as `head`, is no failure.
process.stdout.on('error', () => {})
process.exitCode = await runOps(process.argv.slice(2), {
  env: process.env,
  cwd: process.env['INIT_CWD'] ?? process.cwd(), // pnpm changes to the root
  stateFolder: fileURLToPath(new URL('../../../.dev', import.meta.url)),
  stdout: process.stdout,
  stderr: process.stderr,
  userName: () => userInfo().username,
  now: () => new Date(),
})
