import type { Command } from 'commander'
import type { AuditEntry } from '@upscale/types'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { AUDIT_COLUMNS } from '../output/audit-columns.ts'
import { renderTable } from '../output/table.ts'
import { addPages, moreText, readPages } from '../pages.ts'
import type { PageOptions } from '../pages.ts'

export function addAudit(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('audit')
    .description('who changed what, when and why; newest first')
    .argument('[target]', 'only this task, account, key or rate')
    .action(async (target: string | undefined, options: PageOptions, command: Command) => {
      const { api, show } = openDesk(command)
      const found = await readPages<AuditEntry>(api, '/internal/audit', options, { target })
      show(found, (list, colors) => renderTable(AUDIT_COLUMNS, list.items, colors) + moreText(list))
    })
  addExample(addPages(command), 'audit', 'audit acme:live')
}
