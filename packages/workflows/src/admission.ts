import { condition, setHandler } from '@temporalio/workflow'
import type { Admission } from '@upscale/types'
import { admitUpdate } from './messages.ts'
import { shielded } from './shielded.ts'

/** Holds the answer of the POST. `answer` is true for the first answer of this run only. */
export function openAdmission() {
  let given: Admission | undefined
  // Shielded: a cancel of the run must not fail the POST of a job that is admitted at the same moment.
  const handler = (): Promise<Admission> =>
    shielded(async () => {
      await condition(() => given !== undefined)
      return given as Admission
    })
  setHandler(admitUpdate, handler, { description: 'Answers the POST: admitted, or a refusal' })
  return {
    answer(value: Admission): boolean {
      if (given !== undefined) return false
      given = value
      return true
    },
    isAdmitted: () => given?.admitted === true,
  }
}
