import { passwordIn } from '@upscale/db'
import { envSecret, runProcess } from '@upscale/runtime'
import { migrate } from './db/migrate.ts'

await runProcess('billing-migrate', async () => {
  const ownUrl = envSecret(process.env, 'BILLING_DATABASE_URL', '')
  await migrate(envSecret(process.env, 'MIGRATE_DATABASE_URL'), passwordIn(ownUrl))
})
