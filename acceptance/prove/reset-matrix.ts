import { clip } from '@upscale/testing'
import { cellWork, countPoints, otherWork, runWorks } from '../src/reset-work.ts'
import type { Outcome, Work } from '../src/reset-work.ts'
import type { Cell } from '../src/reset-cell.ts'
import { KINDS, RERUNS } from '../src/reset-expectation.ts'
import { ALONE, OTHERS } from '../src/reset-others.ts'
import { openStage } from '../src/reset-stage.ts'
import type { Stage } from '../src/reset-stage.ts'
import { renderMatrix, renderOutcome, renderViolation } from '../src/reset-table.ts'
import { sharedStack } from '../src/shared-stack.ts'

/**
 * Resets four kinds of job to every event that the server takes, and does to jobs whatever else Temporal
 * offers. Whether the books are right after each.
 */
export async function resetMatrix(): Promise<boolean> {
  const began = Date.now()
  const clips = { good: await clip('fast.mp4'), broken: await clip('broken.mp4') }
  await using stage = await openStage(sharedStack(), clips)
  const cells = await allCells(stage)
  const outcomes: Outcome[] = []
  const complaints: string[] = []
  const complain = (text: string) => {
    complaints.push(text)
    say(text)
  }
  const all = cells.length + OTHERS.length + ALONE.length
  const run = (works: readonly Work[]) =>
    runWorks(stage, works, {
      outcome(outcome) {
        outcomes.push(outcome)
        say(`${outcomes.length}/${all} ${renderOutcome(outcome)}`)
        if (outcome.wrong.length > 0) complain(renderViolation(outcome))
      },
      failure: (name, error) => complain(`✗ ${name}: ${String(error)}`),
    })

  await run([...cells.map(cellWork), ...OTHERS.map(otherWork)])
  for (const other of ALONE) await run([otherWork(other)])
  for (const broken of await stage.operator.brokenBooks())
    complain(`✗ the books do not add up: ${JSON.stringify(broken)}`)

  say(`\n${renderMatrix(outcomes)}\n`)
  for (const outcome of outcomes) if (!outcome.cell) say(renderOutcome(outcome))
  const mended = outcomes.filter(({ reconciled }) => reconciled).length
  const minutes = ((Date.now() - began) / 60_000).toFixed(1)
  say(
    `\n${cells.length} resets and ${all - cells.length} other events, ${mended} of them right only by the reconciler; ${complaints.length} violations in ${minutes} minutes`,
  )
  return complaints.length === 0
}

/** Kind × event × rerun; after each WorkflowTaskCompleted with updates sent again, and left out. */
async function allCells(stage: Stage): Promise<Cell[]> {
  const count = await countPoints(stage)
  const cells: Cell[] = []
  for (const kind of KINDS) {
    const reruns = kind === 'parked' ? ([...RERUNS, 'refund'] as const) : RERUNS
    const add = (event: Cell['event'], wanted: (place: number, index: number) => Updates[]) => {
      for (let place = 0; place < count(kind, event); place += 1)
        for (const [index, rerun] of reruns.entries())
          for (const updates of wanted(place, index))
            cells.push({ kind, event, place, rerun, updates })
    }
    add('WorkflowTaskCompleted', () => ['sent again', 'left out'])
    // To the server the start of a task is the same place as its end: every second cell is enough.
    add('WorkflowTaskStarted', (place, index) => {
      if ((place + index) % 2 !== 0) return []
      return [index < 2 ? 'sent again' : 'left out']
    })
  }
  return cells
}

type Updates = Cell['updates']

const say = (text: string): void => void process.stdout.write(`${text}\n`)
