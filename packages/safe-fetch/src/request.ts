import { exchange, type Answer } from './exchange.ts'
import { fetchFailed, statusFailed } from './failure.ts'
import type { FetchJob } from './fetch-job.ts'
import { refuseEncoding } from './headers.ts'
import { MAX_REDIRECTS, isRedirect, redirectTarget } from './redirect.ts'

export interface Ask {
  /** Value of the Range header. */
  range?: string | undefined
  accept: readonly number[]
  /** Bytes that the body of an answer with this status may have. */
  bodyLimit: (status: number) => number
  /** Before each request, redirects too; throws where no more is allowed. */
  beforeRequest?: (() => void) | undefined
}

/**
 * GET over at most three redirects, each checked like the first URL. The answer's status is one of
 * `accept` and its body is not compressed.
 */
export async function request(job: FetchJob, start: URL, ask: Ask): Promise<Answer> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': job.policy.userAgent,
    ...(ask.range && { range: ask.range }),
  }
  let url = start
  for (let redirects = 0; ; redirects++) {
    ask.beforeRequest?.()
    const answer = await exchange(job, url, { method: 'GET', headers }, ask.bodyLimit)
    if (!isRedirect(answer.status)) return checked(answer, ask)
    answer.close()
    if (redirects === MAX_REDIRECTS) throw fetchFailed('too_many_redirects')
    url = redirectTarget(answer.headers['location'], url, job.policy)
  }
}

function checked(answer: Answer, { accept }: Ask): Answer {
  try {
    if (!accept.includes(answer.status)) throw statusFailed(answer.status)
    refuseEncoding(answer.headers)
    return answer
  } catch (error) {
    answer.close()
    throw error
  }
}
