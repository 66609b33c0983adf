import type { BillingActivities, BooksActivities } from '@upscale/workflows/activities'
import { findInAudit, findUnproved } from './books/audit-store.ts'
import { asking } from './books/asking.ts'
import { readFindings } from './books/finding-store.ts'
import { reportFindings } from './books/report-findings.ts'
import type { BillingContext } from './context.ts'
import {
  findUnpaid,
  listOpenCharges,
  listSettledCharges,
  readCharges,
} from './ledger/charge-store.ts'
import { debit } from './ledger/debit.ts'
import { refund } from './ledger/refund.ts'
import { reverse } from './ledger/reverse.ts'
import { settle } from './ledger/settle.ts'

export const createActivities = (ctx: BillingContext) => {
  const ask = asking(ctx)
  return {
    debit: (input) => debit(ctx, input),
    refund: (input) => refund(ctx, input),
    settle: (input) => settle(ctx, input),
    reverse: (input) => reverse(ctx, input),

    proveBooks: () => ask('prove', findUnproved),
    auditBooks: () => ask('audit', findInAudit),
    listOpenCharges: (page) => ask('read_books', (db) => listOpenCharges(db, page)),
    listSettledCharges: (page) => ask('read_books', (db) => listSettledCharges(db, page)),
    readCharges: (taskIds) => ask('read_books', (db) => readCharges(db, taskIds)),
    findUnpaid: (taskIds) => ask('read_books', (db) => findUnpaid(db, taskIds)),
    readFindings: () => ask('read_books', readFindings),
    reportFindings: (input) => ask('report', () => reportFindings(ctx, input)),
  } satisfies BillingActivities & BooksActivities
}
