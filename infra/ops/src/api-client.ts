import type { Gateway } from './find-gateway.ts'
import { EXIT, Problem } from './problem.ts'
import { refusalProblem } from './refusal.ts'

export type Query = Record<string, string | number | undefined>

/** The gateway's internal HTTP API. Whatever is not 2xx is a `Problem` with its exit code. */
export interface ApiClient {
  get<T>(path: string, query?: Query): Promise<T>
  /** undefined: an answer without a body. */
  post<T>(path: string, body: object): Promise<T>
}

const ANSWER_WITHIN_MS = 90_000 // `reconcile` may wait 68 s at the gateway: 10 + 10 + 45 for Temporal, 3 for billing

/** `onRefusal` is told the JSON of an answer that is not 2xx. */
export function createApiClient(
  gateway: Gateway,
  onRefusal: (answer: unknown) => void = () => {},
): ApiClient {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(gateway.url + path, {
      ...init,
      headers: {
        authorization: `Bearer ${gateway.secret}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'manual', // the secret is for nobody else
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
      .then(async (response) => ({ response, text: await response.text() }))
      .catch((error: unknown) => {
        throw unreachableProblem(gateway, init.method === 'POST', error)
      })
    const { response, text } = answer
    const body = jsonOf(text)
    if (response.ok && (text === '' || body !== undefined)) return body
    if (!response.ok && body !== undefined) onRefusal(body)
    throw refusalProblem(gateway, response.status, body)
  }
  return {
    get: async <T>(path: string, query: Query = {}) => (await call(path + queryText(query))) as T,
    post: async <T>(path: string, body: object) =>
      (await call(path, { method: 'POST', body: JSON.stringify(body) })) as T,
  }
}

function queryText(query: Query): string {
  const set = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) set.set(name, String(value))
  }
  return set.size === 0 ? '' : `?${set.toString()}`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Nothing was sent yet.
const NEVER_BEGUN = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** A change whose answer was lost may have been made. */
function unreachableProblem({ url, hint }: Gateway, changes: boolean, error: unknown): Problem {
  const what =
    changes && !NEVER_BEGUN.includes(codeOf(error))
      ? `The gateway at ${url} broke off before it answered: \`ops audit\` says whether it was done.`
      : `The gateway at ${url} does not answer: ${hint}.`
  return new Problem(what, EXIT.unreachable, error)
}

/** The system's name of why a fetch failed, or no text. By its shape: another realm's `Error` is not ours. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('cause' in error)) return ''
  const { cause } = error
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
}
