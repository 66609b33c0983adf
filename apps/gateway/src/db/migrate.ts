import { migrateToLatest, rolePassword } from '@upscale/db'
import { migrations } from './migrations/index.ts'

export const SCHEMA = 'gateway'
/** What the app logs in as. */
const APP_ROLE = 'gateway_app'

/** Brings schema `gateway` up to date. Without a password the app's is derived from the administrator's. */
export const migrate = (
  adminUrl: string,
  appPassword = rolePassword(adminUrl, APP_ROLE),
): Promise<void> => migrateToLatest({ adminUrl, schema: SCHEMA, migrations, appPassword })
