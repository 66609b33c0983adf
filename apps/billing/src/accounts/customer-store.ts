import { sql } from 'kysely'
import type { CustomerId, OpenCustomerRequest, PlanId } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

export async function callOpenCustomer(db: BillingDb, call: OpenCustomerRequest): Promise<void> {
  await sql`select billing.open_customer(${call.customerId}, ${call.plan})`.execute(db)
}

export async function callChangePlan(db: BillingDb, id: CustomerId, plan: PlanId): Promise<void> {
  await sql`select billing.change_plan(${id}, ${plan})`.execute(db)
}
