import type { Command } from 'commander'
import { JOB_ACTIONS } from '@upscale/types'
import type { JobAction, JobActionRequest, JobActionView, TaskId } from '@upscale/types'
import { readTaskId } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { sentence } from '../output/words.ts'
import type { World } from '../world.ts'

interface ActionOptions extends BecauseOptions {
  dryRun?: boolean
}

const HELP: Record<JobAction, { does: string; because: string }> = {
  retry: {
    does: 'let a parked job upscale again, at no new charge',
    because: 'the provider is back',
  },
  refund: {
    does: 'end a parked job as failed: all credits go back',
    because: 'the provider stays down today',
  },
  rerun: {
    does: 'run a failed job again under the same id; it is charged again',
    because: 'the engine is mended',
  },
  cancel: {
    does: 'stop a job that runs or is parked: it ends as failed, all credits go back',
    because: 'the customer asked by mail',
  },
  reverse: {
    does: 'give the credits of a delivered job back; the customer keeps the video',
    because: 'the video has a green stripe',
  },
}

/** What an operator can do to a job: `retry`, `refund`, `rerun`, `cancel`, `reverse`. */
export function addJobActions(program: Command, openDesk: OpenDesk, world: World): void {
  for (const action of JOB_ACTIONS) {
    const { does, because } = HELP[action]
    const command = program
      .command(action)
      .description(does)
      .argument('<task>', 'task id', readTaskId)
      .option('--dry-run', 'say what would happen; nothing moves')
      .action(async (taskId: TaskId, options: ActionOptions, command: Command) => {
        const { dryRun } = options
        const request: JobActionRequest = { ...becauseOf(options, world), dryRun }
        const { api, show } = openDesk(command)
        show(
          await api.post<JobActionView>(`/internal/tasks/${taskId}/${action}`, request),
          renderAction,
        )
      })
    addExample(
      addBecause(command),
      `${action} task_3kTMd0vIWwMRuHsMeJIk --reason "${because}" --dry-run`,
    )
  }
}

const renderAction = ({ dryRun, outcome }: JobActionView): string =>
  `${dryRun ? 'Dry run, nothing moved: ' : ''}${sentence(outcome)}`
