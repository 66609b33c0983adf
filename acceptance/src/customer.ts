import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckResponse } from '@upscale/testing'
import { readStream } from './event-stream.ts'
import type { EventStream, StreamEvent } from './event-stream.ts'

export interface Answer {
  status: number
  headers: Headers
  body: { success: boolean; data?: unknown; error?: ApiError }
}

export interface ApiError {
  code: string
  key: string
  message: string
  param: string | null
  retryable: boolean
  refunded_credits: number
  doc_url: string
  request_id: string
  details?: Record<string, unknown>
}

/** What the tests read of a task; the contract has more. */
export interface Task {
  id: string
  status: 'pending' | 'processing' | 'completed' | 'failed' | 'canceled'
  stage: string
  progress: number
  eta_seconds: number | null
  queue_position: number | null
  attempts: number
  creditsUsed: number
  createdAt: string
  input: { video_url: string | null; upscale_factor: string; billed_seconds: number }
  result: { url: string | null; type: string } | null
  error: ApiError | null
  output: {
    url: string | null
    width: number
    height: number
    codec: string
    duration: number
    bytes: number
    sha256: string
    expires_at: string
  } | null
  source: { duration: number; width: number; height: number; codec: string } | null
  cost: {
    credits: number
    refunded_credits: number
    net_credits: number
    transactions: { id: string; type: string; amount: number }[]
  }
  timings: Record<string, number | null>
  cancel_requested_at: string | null
  completed_at: string | null
  metadata: Record<string, string>
  livemode: boolean
  urls: { self: string; events: string; cancel: string }
}

export interface Created {
  id: string
  status: string
  creditsUsed: number
  creditsRemaining: number
  input?: Record<string, unknown>
}

export interface Quote {
  quote_id: string
  model: string
  input: Record<string, unknown>
  credits: number
  affordable: boolean
  eta_seconds: number
  expires_at: string
}

export interface Page<Item> {
  items: Item[]
  has_more: boolean
  next_cursor: string | null
}

export interface Transaction {
  id: string
  type: string
  amount: number
  balance_after: number
  task_id: string | null
  related_id: string | null
  reason: string
  created_at: string
}

export interface Upload {
  uploadUrl: string
  publicUrl: string
  key: string
  expiresAt: string
}

export interface Delivery {
  id: string
  webhook_id: string
  task_id: string | null
  type: string
  url: string
  status: string
  attempts: {
    number: number
    at: string
    status_code: number | null
    error: string | null
    duration_ms: number
    response_snippet: string | null
  }[]
  next_attempt_at: string | null
  created_at: string
}

export type HeaderMap = Record<string, string>
type Query = Record<string, string | number>
export type Customer = ReturnType<typeof customer>

export const MODEL = 'topaz-video-upscale'
const ASK_EVERY_MS = 300 // 600 requests a minute are an account's limit, for all that it watches

/**
 * A client of the public API at `origin`, as a customer would write it; null: without a key. `check` looks at
 * each answer.
 */
export function customer(origin: string, key: string | null, check: CheckResponse) {
  const request = (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const auth = key === null ? {} : { authorization: `Bearer ${key}` }
    const headers = { ...auth, ...(init.headers as HeaderMap) }
    return fetch(`${origin}${path}`, { ...init, method, headers })
  }
  /** `path` is a whole one, or the whole URL that we gave. */
  const get = async (method: string, given: string, init: RequestInit = {}): Promise<Answer> => {
    const path = given.startsWith(origin) ? given.slice(origin.length) : given
    const res = await request(method, path, init)
    const { status, headers } = res
    const body = await res.text()
    check({ method, path, status, headers, body })
    return { status, headers, body: (body === '' ? null : JSON.parse(body)) as Answer['body'] }
  }
  const call = (method: string, path: string, init: RequestInit = {}): Promise<Answer> =>
    get(method, `/api/v1${path}`, init)
  const post = (path: string, body?: unknown, headers: HeaderMap = {}) =>
    call('POST', path, {
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  /** `data` of an answer; a refusal is thrown. */
  const dataOf = async <Data>(answer: Promise<Answer>): Promise<Data> => {
    const { status, body } = await answer
    if (!body.success) throw new Error(`${status} ${JSON.stringify(body.error)}`)
    return body.data as Data
  }
  const read = <Data>(path: string, query: Query = {}, headers: HeaderMap = {}) =>
    dataOf<Data>(call('GET', withQuery(path, query), { headers }))
  const getTask = (id: string, headers: HeaderMap = {}) => read<Task>(`/tasks/${id}`, {}, headers)
  const upscale = (body: unknown, headers: HeaderMap = {}) =>
    post('/tools/upscale-video', body, headers)

  return {
    key,
    call,
    /** The same for any path of ours, where the answer is JSON. */
    at: get,
    post,
    read,
    getTask,
    upscale,
    /** A task that has to be created. */
    order: (videoUrl: string, options: object = {}, headers: HeaderMap = {}) =>
      dataOf<Created>(upscale({ video_url: videoUrl, ...options }, headers)),
    generate: (input: object, options: object = {}, headers: HeaderMap = {}) =>
      post('/generate', { model: MODEL, input, ...options }, headers),
    quote: (body: object) => post('/tools/upscale-video/quote', body),
    credits: async () => (await read<{ credits: number }>('/credits')).credits,
    list: (query: Query = {}) => read<Page<Task>>('/tasks', query),
    transactions: (query: Query = {}) => read<Page<Transaction>>('/credits/transactions', query),
    cancel: (id: string, headers: HeaderMap = {}) =>
      post(`/tasks/${id}/cancel`, undefined, headers),
    remove: (id: string) => call('DELETE', `/tasks/${id}`),
    async events(id: string, headers: HeaderMap = {}): Promise<EventStream> {
      const path = `/api/v1/tasks/${id}/events`
      const res = await request('GET', path, { headers })
      return await readStream(res, (body) =>
        check({ method: 'GET', path, status: res.status, headers: res.headers, body }),
      )
    },
    eventsAsJson: (id: string, query: Query = {}) =>
      read<{ items: StreamEvent['data'][]; ended: boolean }>(`/tasks/${id}/events`, query, {
        accept: 'application/json',
      }),
    openUpload: (contentType: string, sizeBytes?: number) =>
      dataOf<Upload>(post('/upload', { contentType, sizeBytes })),
    webhooks: {
      secret: () =>
        read<{ secret: string; previous_valid_until: string | null }>('/webhooks/secret'),
      rotate: () =>
        dataOf<{ secret: string; previous_valid_until: string | null }>(
          post('/webhooks/secret/rotate'),
        ),
      deliveries: (query: Query = {}) => read<Page<Delivery>>('/webhooks/deliveries', query),
      delivery: (id: string) => read<Delivery>(`/webhooks/deliveries/${id}`),
      replay: (id: string) => dataOf<Delivery>(post(`/webhooks/deliveries/${id}/replay`)),
      test: (body: object) => post('/webhooks/test', body),
    },
    /** Asks until the task looks as wanted. */
    async watch(id: string, wanted: (task: Task) => boolean, limitMs = 180_000): Promise<Task> {
      const deadline = Date.now() + limitMs
      const headers: HeaderMap = wanted === hasEnded ? { prefer: 'wait=10' } : {}
      for (;;) {
        const task = await getTask(id, headers).catch(away)
        if (task && wanted(task)) return task
        if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(task)}`)
        await sleep(ASK_EVERY_MS)
      }
    },
  }
}

export const hasEnded = ({ status }: Task): boolean =>
  status === 'completed' || status === 'failed' || status === 'canceled'

const withQuery = (path: string, query: Query): string => {
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
  ).toString()
  return text === '' ? path : `${path}?${text}`
}

/** A gateway or what stands behind it may be down right now; anything else is a failure. */
function away(error: unknown): undefined {
  const { name, message } = error as Error // of Node's own realm, where no class is ours
  if (name === 'TypeError' || /^(404|429|5\d\d) /.test(message)) return undefined
  throw error
}
