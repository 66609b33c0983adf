import { randomBytes } from 'node:crypto'
import { openDb, rolePassword } from '@upscale/db'
import { testDatabase } from '@upscale/testing'
import { accountIdOf } from '@upscale/types'
import type { AccountId, CustomerId, PlanId, TaskId } from '@upscale/types'
import { createContext } from '../src/context.ts'
import type { BillingContext } from '../src/context.ts'
import { readConfig } from '../src/config.ts'
import { APP_ROLE, migrate } from '../src/db/migrate.ts'
import type { BillingDb } from '../src/db/schema/index.ts'
import { callOpenCustomer } from '../src/accounts/customer-store.ts'
import { grant } from './ledger-calls.ts'

const SOURCES = ['../src/db/', '../../../packages/db/src/']

export const billingDatabase = (serverUrl?: string) =>
  testDatabase({
    name: 'billing',
    sources: SOURCES.map((path) => new URL(path, import.meta.url)),
    migrate,
    serverUrl,
  })

/** Settings of a billing process on this database, with ports that the system chooses. */
export const testConfig = (databaseUrl: string) =>
  readConfig({
    BILLING_DATABASE_URL: databaseUrl,
    BILLING_PORT: '0',
    BILLING_SECRET: 'test-secret',
    TEMPORAL_ADDRESS: 'of-no-use:1',
    LOG_LEVEL: 'silent',
  })

export interface BillingTest extends BillingContext {
  config: ReturnType<typeof testConfig>
  /** The test server's administrator, who may become any role. */
  admin: BillingDb
  /** A new live account with this many credits. */
  account(credits?: bigint, plan?: PlanId): Promise<AccountId>
}

/** Billing on a database of its own, on the test server or on the one that this administrator's URL names. */
export async function testBilling(serverUrl?: string): Promise<BillingTest> {
  const database = await billingDatabase(serverUrl)
  const password = rolePassword(database.adminUrl, APP_ROLE)
  const config = testConfig(database.url(APP_ROLE, password))
  const ctx = createContext(config)
  const admin: BillingDb = openDb({ url: database.adminUrl, poolMax: 4 })
  return {
    ...ctx,
    config,
    admin,
    async account(credits = 0n, plan = 'pro_monthly') {
      const customerId = `c_${randomBytes(6).toString('hex')}` as CustomerId
      await callOpenCustomer(ctx.db, { customerId, plan })
      const id = accountIdOf(customerId, true)
      if (credits > 0n) await grant(ctx.db, { account: id, amount: credits })
      return id
    },
    async [Symbol.asyncDispose]() {
      await ctx[Symbol.asyncDispose]()
      await admin.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}

export const newTaskId = () => `task_${randomBytes(12).toString('hex')}` as TaskId
