import type { Command } from 'commander'
import type { BooksView } from '@upscale/types'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderBooks } from '../output/books.ts'
import { many } from '../output/words.ts'
import { EXIT, Problem } from '../problem.ts'

export function addBooks(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('books')
    .description("what the reconciler's last pass found wrong; exit code 1 if anything")
    .action(async (_options: object, command: Command) => {
      const { api, show } = openDesk(command)
      const books = await api.get<BooksView>('/internal/billing/books')
      show(books, renderBooks)
      requireRightBooks(books)
    })
  addExample(command, 'books')
}

/** Throws where something was found that a person has to mend. */
export function requireRightBooks({ findings }: BooksView): void {
  if (findings.length === 0) return
  throw new Problem(
    `The books have ${many(findings.length, 'finding')} that nobody has mended: \`ops show\` and \`ops transactions\` say more.`,
    EXIT.finding,
  )
}
