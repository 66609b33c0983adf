import type { Command } from 'commander'
import type { FoundTask } from '@upscale/types'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderTable } from '../output/table.ts'
import { TASK_COLUMNS } from '../output/task-text.ts'
import { addPages, moreText, readPages } from '../pages.ts'
import type { PageOptions } from '../pages.ts'

export function addFind(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('find')
    .description('find tasks by task, workflow, request, account or customer id; newest first')
    .argument('<id>')
    .action(async (id: string, options: PageOptions, command: Command) => {
      const { api, show } = openDesk(command)
      const found = await readPages<FoundTask>(api, '/internal/tasks', options, { find: id })
      show(found, (list, colors) => renderTable(TASK_COLUMNS, list.items, colors) + moreText(list))
    })
  addExample(addPages(command), 'find req_5f2c9a', 'find acme:live --all')
}
