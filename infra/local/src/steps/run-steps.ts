/** What a running step tells: how far it is, and whether it has to stop. */
export interface Progress {
  /** `share`: 0–1, where it is known. */
  say: (note: string, share?: number) => void
  signal: AbortSignal
}

/** One thing that set-up does. `Facts` is what all steps find out, by the step's name. */
export interface Step<Facts, Found, Need extends keyof Facts = keyof Facts> {
  title: string
  /** What it does and why, in half a line. */
  why: string
  mayTake: string
  needs: readonly Need[]
  run: (found: Pick<Facts, Need>, progress: Progress) => Promise<Found>
}

export type StepTable<Facts> = { [Name in keyof Facts]: Step<Facts, Facts[Name]> }

export interface StepEvent {
  step: string
  title: string
  why: string
  mayTake: string
  /** stopped: because another one failed, or somebody asked for it. */
  state: 'running' | 'done' | 'failed' | 'stopped'
  note?: string
  share?: number
  ms?: number
}

/** Runs each step as soon as what it needs is there. The first failure stops the others and is thrown. */
export async function runSteps<Facts extends object>(
  table: StepTable<Facts>,
  report: (event: StepEvent) => void,
  signal: AbortSignal,
): Promise<Facts> {
  const failed = new AbortController()
  const stop = AbortSignal.any([failed.signal, signal])
  const begun = new Map<keyof Facts, Promise<unknown>>()
  const found = {} as Facts

  const resultOf = (name: keyof Facts): Promise<unknown> => {
    const known = begun.get(name)
    if (known) return known
    const result = perform(name)
    begun.set(name, result)
    return result
  }
  const perform = async (name: keyof Facts) => {
    const step = table[name]
    await Promise.all(step.needs.map(resultOf))
    stop.throwIfAborted()
    try {
      found[name] = await runStep(String(name), step, found, report, stop)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  }
  const names = Object.keys(table) as (keyof Facts)[]
  await Promise.allSettled(names.map(resultOf))
  stop.throwIfAborted()
  return found
}

async function runStep<Facts, Found>(
  name: string,
  { title, why, mayTake, run }: Step<Facts, Found>,
  found: Facts,
  report: (event: StepEvent) => void,
  signal: AbortSignal,
): Promise<Found> {
  const began = Date.now()
  const event = { step: name, title, why, mayTake }
  let note: { note?: string } = {}
  const say = (text: string, share?: number) => {
    note = { note: text }
    report({ ...event, ...note, state: 'running', ...(share !== undefined && { share }) })
  }
  report({ ...event, state: 'running' })
  try {
    const result = await run(found, { say, signal })
    report({ ...event, ...note, state: 'done', ms: Date.now() - began })
    return result
  } catch (error) {
    const state = signal.aborted ? 'stopped' : 'failed'
    report({ ...event, ...note, state, ms: Date.now() - began })
    throw error
  }
}
