import { Gauge } from '@upscale/runtime'
import type { Registry } from '@upscale/runtime'
import type { AccountQueue } from './account-queue.ts'

/** How many debits wait for another one of their account. */
export const exportWaiting = (debits: AccountQueue, registry: Registry): Gauge =>
  new Gauge({
    name: 'upscale_billing_debits_waiting',
    help: 'Debits that wait in this process for another one of their account',
    registers: [registry],
    collect() {
      this.set(debits.waiting)
    },
  })
