import { sql } from 'kysely'
import type { AcceptRequest, Finding } from '@upscale/types'
import type { BillingDb } from '../db/schema/index.ts'

/** What a pass of the reconciler found. */
export interface PassFindings {
  findings: Finding[]
  /** It looked at every account and every task, too. */
  audited: boolean
  /** When the pass began, epoch ms: what others found since then stays. */
  sinceMs: number
}

/** What stands, longest known first. */
export const readFindings = (db: BillingDb): Promise<Finding[]> =>
  db
    .selectFrom('billing.finding')
    .select(['checkName as check', 'subject', 'problem'])
    .orderBy('firstSeen')
    .orderBy('checkName')
    .orderBy('subject')
    .execute()

/** Replaces what stands and notes that a pass has ended; findings of an audit only where it was one. */
export async function callReport(
  db: BillingDb,
  { findings, audited, sinceMs }: PassFindings,
): Promise<void> {
  await sql`
    select billing.report(${JSON.stringify(findings)}::jsonb, ${audited}, ${new Date(sinceMs)})`.execute(
    db,
  )
}

/** A person lets a finding be, for ever. */
export async function callAccept(
  db: BillingDb,
  { check, subject, reason, actor }: AcceptRequest,
): Promise<void> {
  await sql`select billing.accept(${check}, ${subject}, ${reason}, ${actor})`.execute(db)
}

export const countFindings = (db: BillingDb) =>
  db
    .selectFrom('billing.finding')
    .select((eb) => ['checkName as check', eb.fn.countAll<bigint>().as('count')])
    .groupBy('checkName')
    .execute()

/** When a pass last ended, and what is open now. */
export const readBooksState = (db: BillingDb) =>
  db
    .selectFrom('billing.pass')
    .select('endedAt')
    .select((eb) => {
      const open = eb.selectFrom('billing.charge').where('state', '=', 'debited')
      return [
        open.select(eb.fn.countAll<bigint>().as('count')).as('openCharges'),
        open.select((charge) => charge.fn.min('createdAt').as('at')).as('oldestOpenAt'),
      ]
    })
    .executeTakeFirstOrThrow()
