import type { Command } from 'commander'
import type { AcceptRequest, BooksView, TaskId } from '@upscale/types'
import { readTaskId } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderBooks } from '../output/books.ts'
import { many } from '../output/words.ts'
import { EXIT, Problem } from '../problem.ts'
import type { World } from '../world.ts'

export function addBooks(program: Command, openDesk: OpenDesk, world: World): void {
  const books = program
    .command('books')
    .description("what the reconciler's last pass found wrong; exit code 1 if anything")
    .action(async (_options: object, command: Command) => {
      const { api, show } = openDesk(command)
      const books = await api.get<BooksView>('/internal/billing/books')
      show(books, renderBooks)
      requireRightBooks(books)
    })
  addExample(books, 'books')
  addAccept(books, openDesk, world)
}

function addAccept(books: Command, openDesk: OpenDesk, world: World): void {
  const command = books
    .command('accept')
    .description('let it be that a delivered task is unpaid (`delivered_unpaid`), for ever')
    .argument('<task>', 'task id', readTaskId)
    .action(async (subject: TaskId, options: BecauseOptions, command: Command) => {
      const check = 'delivered_unpaid'
      const request: AcceptRequest = { check, subject, ...becauseOf(options, world) }
      const { change } = openDesk(command)
      await change(
        '/internal/billing/books/accept',
        request,
        () => `${subject} stays delivered and unpaid, and is no finding any more.`,
      )
    })
  addExample(
    addBecause(command),
    'books accept task_0123456789abcdef --reason "our mistake, the customer keeps it"',
  )
}

/** Throws where something was found that a person has to mend. */
export function requireRightBooks({ findings }: BooksView): void {
  if (findings.length === 0) return
  throw new Problem(
    `The books have ${many(findings.length, 'finding')} that nobody has mended: \`ops show\` and \`ops transactions\` say more.`,
    EXIT.finding,
  )
}
