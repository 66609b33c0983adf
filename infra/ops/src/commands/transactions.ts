import type { Command } from 'commander'
import type { AccountId, TaskId, Transaction } from '@upscale/types'
import { readAccountId, readTaskId } from '../arguments.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { NONE, count, signed, when } from '../output/words.ts'
import { addPages, moreText, readPages } from '../pages.ts'
import type { PageOptions } from '../pages.ts'

const COLUMNS: readonly Column<Transaction>[] = [
  { title: 'TIME', text: ({ createdAt }) => when(createdAt) },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'AMOUNT', text: ({ amount }) => signed(amount), align: 'right' },
  { title: 'BALANCE', text: ({ balanceAfter }) => count(balanceAfter), align: 'right' },
  { title: 'TASK', text: ({ taskId }) => taskId ?? NONE },
  { title: 'LINE', text: ({ id }) => id },
  { title: 'REASON', text: ({ reason }) => reason },
]

interface TransactionsOptions extends PageOptions {
  task?: TaskId
}

export function addTransactions(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('transactions')
    .description('ledger lines of an account, newest first')
    .argument('<account>', '<customer>:live or <customer>:test', readAccountId)
    .option('--task <task>', 'only those of this task', readTaskId)
    .action(async (account: AccountId, options: TransactionsOptions, command: Command) => {
      const { api, show } = openDesk(command)
      const path = `/internal/billing/accounts/${account}/transactions`
      const query = { task_id: options.task }
      const found = await readPages<Transaction>(api, path, options, query)
      show(found, (list, colors) => renderTable(COLUMNS, list.items, colors) + moreText(list))
    })
  addExample(
    addPages(command),
    'transactions acme:live --all',
    'transactions acme:live --task task_3kTMd0vIWwMRuHsMeJIk',
  )
}
