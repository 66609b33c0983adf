import { passwordIn } from '@upscale/db'
import { envSecret, runProcess } from '@upscale/runtime'
import { migrate } from './db/migrate.ts'

await runProcess('gateway-migrate', async () => {
  const ownUrl = envSecret(process.env, 'GATEWAY_DATABASE_URL', '')
  await migrate(envSecret(process.env, 'MIGRATE_DATABASE_URL'), passwordIn(ownUrl))
})
