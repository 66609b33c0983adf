import { EXIT, Problem } from '../problem.ts'

/** The services of a stack in the order of its table: what people open comes first. */
export const SERVICES = [
  'gateway',
  'gateway-2',
  'gateway-3',
  'gateway-4',
  'gateway-worker',
  'billing',
  'orchestrator',
  'media-probe',
  'upscale-worker',
  'samples',
  'temporal',
  'postgres',
] as const

/** Who may run elsewhere or not at all; set-up itself asks billing and the gateway for an account. */
export const LEAVABLE = ['gateway-worker', 'orchestrator', 'media-probe', 'upscale-worker'] as const

/** The names that an option holds, separated by commas; refuses one that is not known. */
export function readNames(
  option: string,
  text: string | undefined,
  known: readonly string[],
): string[] {
  const names = text?.split(',').map((name) => name.trim()) ?? []
  const odd = names.find((name) => !known.includes(name))
  if (odd === undefined) return names
  throw new Problem(
    `${option} does not know "${odd}": choose from ${known.join(', ')}.`,
    EXIT.usage,
  )
}
