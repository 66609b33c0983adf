import { migrateToLatest, rolePassword } from '@upscale/db'
import { migrations } from './migrations/index.ts'

export const SCHEMA = 'billing'
/** What the app logs in as. */
export const APP_ROLE = 'billing_app'

/** Brings schema `billing` up to date. Without a password the app's is derived from the administrator's. */
export const migrate = (
  adminUrl: string,
  appPassword = rolePassword(adminUrl, APP_ROLE),
): Promise<void> => migrateToLatest({ adminUrl, schema: SCHEMA, migrations, appPassword })
