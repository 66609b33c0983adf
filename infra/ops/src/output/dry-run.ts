import type { DryRunView } from '@upscale/types'
import { sentence } from './words.ts'

/** Whether a change was only tried: of a job's action, or of any other. */
export const isDryRun = (answer: unknown): answer is DryRunView =>
  typeof answer === 'object' && answer !== null && 'dryRun' in answer && answer.dryRun === true

export const renderDryRun = ({ outcome }: DryRunView): string =>
  `Dry run, nothing moved: ${sentence(outcome)}`
