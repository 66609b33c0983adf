import type { Gateway } from './find-gateway.ts'
import { sentence } from './output/words.ts'
import { EXIT, Problem } from './problem.ts'

/**
 * The sentence and exit code of an answer that is not 2xx (or no JSON). The gateway's refusals stand in its
 * envelope as `error`; those of billing that it passes on stand bare.
 */
export function refusalProblem(gateway: Gateway, status: number, body: unknown): Problem {
  const message = messageIn(body)
  if (status === 401 || status === 403) {
    return new Problem(
      `The gateway at ${gateway.url} refuses the secret of ${gateway.secretFrom}: it must be the one that the gateway was given as GATEWAY_SECRET.`,
      EXIT.auth,
    )
  }
  if (message !== undefined) return new Problem(sentence(message), exitCodeOf(status))
  return new Problem(
    `What answers at ${gateway.url} with status ${status} is not the operators' API: ${gateway.hint}.`,
    status === 502 || status === 503 || status === 504 ? EXIT.unreachable : EXIT.finding,
  )
}

function messageIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const error: unknown = 'error' in body ? body.error : body
  if (typeof error !== 'object' || error === null) return undefined
  if (!('code' in error && 'message' in error)) return undefined
  return String(error.message)
}

function exitCodeOf(status: number): number {
  if (status === 400) return EXIT.usage
  if (status === 503) return EXIT.unreachable
  return status < 500 ? EXIT.refused : EXIT.finding
}
