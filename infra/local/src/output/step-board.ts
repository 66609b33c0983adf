import { stripVTControlCharacters } from 'node:util'
import type { Colors } from 'picocolors/types.js'
import type { StepEvent } from '../steps/run-steps.ts'
import { renderStep } from './render-step.ts'

export interface StepBoard {
  show: (event: StepEvent) => void
  /** Prints a line above the board. */
  print: (text: string) => void
}

const SAY_AGAIN_MS = 15_000 // where lines cannot be redrawn, a long step reports this often

/** Set-up steps on a terminal: one line each, drawn anew in place. Elsewhere: a line per news. */
export const createStepBoard = (out: NodeJS.WriteStream, colors: Colors): StepBoard =>
  out.isTTY ? createLiveBoard(out, colors) : createPlainBoard(out, colors)

function createPlainBoard(out: NodeJS.WritableStream, colors: Colors): StepBoard {
  const saidAt = new Map<string, number>()
  const print = (text: string) => void out.write(`${text}\n`)
  return {
    print,
    show(event) {
      const before = saidAt.get(event.step)
      const now = Date.now()
      if (event.state === 'running' && before !== undefined && now - before < SAY_AGAIN_MS) return
      saidAt.set(event.step, now)
      print(renderStep(event, colors))
    },
  }
}

function createLiveBoard(out: NodeJS.WriteStream, colors: Colors): StepBoard {
  const running = new Map<string, StepEvent>()
  let drawn = 0
  const redraw = (above?: string) => {
    const up = drawn > 0 ? `\u001B[${drawn}A\u001B[J` : ''
    const lines = [...running.values()].map((event) => cut(renderStep(event, colors), out.columns))
    drawn = lines.length
    out.write(up + [...(above === undefined ? [] : [above]), ...lines, ''].join('\n'))
  }
  return {
    print: redraw,
    show(event) {
      if (event.state === 'running') {
        running.set(event.step, event)
        redraw()
      } else {
        running.delete(event.step)
        redraw(renderStep(event, colors))
      }
    },
  }
}

/** A line that wraps would break the drawing; colour codes take no room. */
function cut(line: string, columns: number): string {
  const codes = line.length - stripVTControlCharacters(line).length
  return line.length - codes < columns ? line : `${line.slice(0, columns + codes - 2)}…`
}
