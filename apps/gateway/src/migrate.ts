import { envSecret } from '@upscale/runtime'
import { appPasswordFrom } from './config.ts'
import { migrate } from './db/migrate.ts'

await migrate(envSecret(process.env, 'MIGRATE_DATABASE_URL'), appPasswordFrom(process.env))
