import type { Command } from 'commander'
import type { DoctorCheck, DoctorView } from '@upscale/types'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { NONE, many } from '../output/words.ts'
import { EXIT, Problem } from '../problem.ts'

const COLUMNS: readonly Column<DoctorCheck>[] = [
  {
    title: '',
    text: ({ ok }) => (ok ? '✓' : '✗'),
    paint: ({ ok }, colors) => (ok ? colors.green : colors.red),
  },
  { title: 'PART', text: ({ part }) => part },
  { title: 'SAYS', text: ({ says }) => says },
  { title: 'WHAT TO DO', text: ({ fix }) => fix ?? NONE },
]

export function addDoctor(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('doctor')
    .description('look at every part and say what to do; exit code 1 if one is not well')
    .action(async (_options: object, command: Command) => {
      const { api, show } = openDesk(command)
      const view = await api.get<DoctorView>('/internal/doctor')
      show(view, ({ checks }, colors) => renderTable(COLUMNS, checks, colors))
      const ill = view.checks.filter(({ ok }) => !ok).length
      if (ill > 0) throw new Problem(`${many(ill, 'check')} failed.`, EXIT.finding)
    })
  addExample(command, 'doctor')
}
