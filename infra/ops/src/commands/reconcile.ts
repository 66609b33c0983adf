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
    .option(
      '--confirm-lost',
      'for `lost_jobs`, once you are sure: also refunds the open charges whose workflow is gone, and reverses the settled ones of the last 30 days whose task has no delivery, however many',
    )
    .action(async (options: ReconcileOptions, command: Command) => {
      const { confirmLost } = options
      const request: ReconcileRequest = { ...becauseOf(options, world), confirmLost }
      const { change } = openDesk(command)
      const books = await change<BooksView>('/internal/reconcile', request, renderBooks)
      if (books) requireRightBooks(books)
    })
  addExample(
    addBecause(command),
    'reconcile --reason "after the outage"',
    'reconcile --confirm-lost --reason "Temporal\'s store is lost" --dry-run',
  )
}
