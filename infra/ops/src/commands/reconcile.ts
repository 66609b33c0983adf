import type { Command } from 'commander'
import type { BooksView, ReconcileRequest } from '@upscale/types'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderBooks } from '../output/books.ts'
import type { World } from '../world.ts'
import { requireRightBooks } from './books.ts'

interface ReconcileOptions extends BecauseOptions {
  confirmLost?: boolean
}

export function addReconcile(program: Command, openDesk: OpenDesk, world: World): void {
  const command = program
    .command('reconcile')
    .description(
      'a pass of the reconciler now: gives back what jobs left behind that are over; exit code 1 if anything is found that it may not mend',
    )
    .option('--confirm-lost', 'also refund the many charges without a workflow (`lost_jobs`)')
    .action(async (options: ReconcileOptions, command: Command) => {
      const { confirmLost } = options
      const request: ReconcileRequest = { ...becauseOf(options, world), confirmLost }
      const { api, show } = openDesk(command)
      const books = await api.post<BooksView>('/internal/reconcile', request)
      show(books, renderBooks)
      requireRightBooks(books)
    })
  addExample(addBecause(command), 'reconcile --reason "after the outage"')
}
