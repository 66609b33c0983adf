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
    does: 'run a failed job again under the same id: charged anew once; an open charge is taken over',
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
      .action(async (taskId: TaskId, options: BecauseOptions, command: Command) => {
        const request: JobActionRequest = becauseOf(options, world)
        const { change } = openDesk(command)
        await change<JobActionView>(`/internal/tasks/${taskId}/${action}`, request, ({ outcome }) =>
          sentence(outcome),
        )
      })
    addExample(
      addBecause(command),
      `${action} task_3kTMd0vIWwMRuHsMeJIk --reason "${because}" --dry-run`,
    )
  }
}
