import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge } from '@upscale/runtime'
import type { Registry } from '@upscale/runtime'
import type { GatewayDb } from '../db/schema/index.ts'
import { readOldestDueSeconds } from './delivery-store.ts'

const SCRAPE_LIMIT_MS = 1_000

/** Read from the database at each scrape; missing while that does not answer. */
export const exportOldestPending = (db: GatewayDb, metrics: Registry): Gauge =>
  new Gauge({
    name: 'upscale_webhook_oldest_pending_seconds',
    help: 'For how long an attempt to deliver a webhook has been due, of the one that waits longest; 0: none waits',
    registers: [metrics],
    async collect() {
      const seconds = await Promise.race([
        readOldestDueSeconds(db).catch(() => undefined), // the calls themselves log that it is down
        sleep(SCRAPE_LIMIT_MS, undefined, { ref: false }),
      ])
      if (seconds === undefined) this.remove()
      else this.set(seconds)
    },
  })
