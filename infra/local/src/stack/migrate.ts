import { sourceArgs } from '../repository.ts'
import { mustRun } from '../run-command.ts'

/** Runs an app's migrations with the administrator's access, which the app itself never gets. */
export async function migrate(app: string, adminUrl: string, signal: AbortSignal): Promise<void> {
  const env = { ...process.env, MIGRATE_DATABASE_URL: adminUrl }
  const args = sourceArgs(`apps/${app}/src/migrate.ts`)
  await mustRun(`Migrating ${app}`, process.execPath, args, { env, signal })
}
