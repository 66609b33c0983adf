import type { PostgresServer } from '../postgres/postgres-server.ts'
import { identityOf, whenGone } from './process-identity.ts'
import type { Service } from './service.ts'

/** The database server under supervision: it is nobody's child, so its process is watched. */
export const postgresService = (server: PostgresServer, port: number): Service => ({
  name: 'postgres',
  url: `postgres://127.0.0.1:${port}/upscale`,
  health: null,
  outlivesUs: true,
  async launch() {
    const pid = await server.start()
    const identity = identityOf(pid)
    const exited = identity ? whenGone(identity) : Promise.resolve()
    return { pid, exited: exited.then(() => 'it is gone') }
  },
  ready: () => Promise.resolve(), // it started, so it answers
  stop: () => server.stop(),
})
