import type { Colors } from 'picocolors/types.js'
import { unreachable } from '@upscale/types'
import type { StepEvent } from '../steps/run-steps.ts'

const TITLE_WIDTH = 18

/** One line: what it does, why, how far it is, how long it may take. */
export function renderStep(event: StepEvent, colors: Colors): string {
  const title = event.title.padEnd(TITLE_WIDTH)
  switch (event.state) {
    case 'running': {
      const share = event.share === undefined ? '' : ` ${Math.round(event.share * 100)} %`
      const far = event.note === undefined ? '' : ` · ${event.note}${share}`
      return `${colors.cyan('…')} ${title} ${event.why} (${event.mayTake})${far}`
    }
    case 'done':
      return `${colors.green('✓')} ${title} ${secondsOf(event)}${event.note ? ` · ${event.note}` : ''}`
    case 'failed':
      return `${colors.red('✗')} ${title} ${secondsOf(event)} · failed`
    case 'stopped':
      return `${colors.dim('–')} ${title} ${secondsOf(event)} · stopped`
    default:
      return unreachable(event.state)
  }
}

const secondsOf = ({ ms = 0 }: StepEvent): string => `${(ms / 1000).toFixed(1)} s`
