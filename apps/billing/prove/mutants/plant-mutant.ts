import { sql } from 'kysely'
import type { BillingDb } from '../../src/db/schema/index.ts'
import type { Mutant } from './mutants.ts'

/** Puts the bug into this database. Throws where the ledger no longer has the text that it changes. */
export async function plantMutant(admin: BillingDb, mutant: Mutant): Promise<void> {
  for (const edit of mutant.edits ?? []) {
    const definition = await definitionOf(admin, edit.in)
    if (!definition.includes(edit.from))
      throw new Error(`mutant "${mutant.name}": ${edit.in} has no text "${edit.from}"`)
    await sql.raw(definition.replaceAll(edit.from, () => edit.to)).execute(admin)
  }
  if (mutant.sql !== undefined) await sql.raw(mutant.sql).execute(admin)
}

/** The whole `create or replace function …` of a function that has one form only. */
async function definitionOf(admin: BillingDb, name: string): Promise<string> {
  const { rows } = await sql<{ definition: string }>`
    select pg_get_functiondef(${name}::regproc) as definition`.execute(admin)
  return rows[0]?.definition ?? ''
}
