import type { Command } from 'commander'
import type { FoundTaskList, TaskId, Timeline } from '@upscale/types'
import { isTaskId } from '@upscale/types'
import type { ApiClient } from '../api-client.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderTimeline } from '../output/timeline.ts'
import { EXIT, Problem } from '../problem.ts'
import { workflowPage } from '../temporal-ui.ts'

export function addShow(program: Command, openDesk: OpenDesk): void {
  const command = program
    .command('show')
    .description('all that happened to a task: API, ledger, workflow and operators in one timeline')
    .argument('<id>', 'any id that finds exactly one task')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, ui, show } = openDesk(command)
      const taskId = isTaskId(id) ? id : await onlyTask(api, id)
      const timeline = await api.get<Timeline>(`/internal/tasks/${taskId}/timeline`)
      const page = ui && workflowPage(ui, taskId)
      show(timeline, (shown, colors) => renderTimeline(shown, page, colors))
    })
  addExample(command, 'show task_3kTMd0vIWwMRuHsMeJIk')
}

async function onlyTask(api: ApiClient, id: string): Promise<TaskId> {
  const { items } = await api.get<FoundTaskList>('/internal/tasks', { find: id, limit: 2 })
  const [task, other] = items
  if (task && !other) return task.taskId
  throw new Problem(
    `${id} is not the id of one task: \`ops find ${id}\` lists those that it finds.`,
    EXIT.refused,
  )
}
