import { setTimeout as sleep } from 'node:timers/promises'

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
  attempts: number
  creditsUsed: number
  result: { url: string; type: string } | null
  error: ApiError | null
  output: {
    url: string
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
}

export interface Created {
  id: string
  status: string
  creditsUsed: number
  creditsRemaining: number
  input?: Record<string, unknown>
}

export type Customer = ReturnType<typeof customer>

/** A client of the public API at `origin`, as a customer would write it. */
export function customer(origin: string, key: string) {
  const call = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as object) }
    const res = await fetch(`${origin}/api/v1${path}`, { ...init, method, headers })
    return { status: res.status, headers: res.headers, body: (await res.json()) as Answer['body'] }
  }
  const post = (path: string, body: unknown) =>
    call('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body) })
  const getTask = async (id: string): Promise<Task> =>
    (await call('GET', `/tasks/${id}`)).body.data as Task

  return {
    call,
    post,
    getTask,
    upscale: (body: unknown) => post('/tools/upscale-video', body),
    async credits(): Promise<number> {
      return ((await call('GET', '/credits')).body.data as { credits: number }).credits
    },
    /** Polls until the task looks as wanted. */
    async watch(id: string, wanted: (task: Task) => boolean, limitMs = 180_000): Promise<Task> {
      const deadline = Date.now() + limitMs
      for (;;) {
        const task = await getTask(id).catch(() => undefined) // a gateway may be down right now
        if (task && wanted(task)) return task
        if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(task)}`)
        await sleep(200)
      }
    },
  }
}

export const hasEnded = ({ status }: Task): boolean =>
  status === 'completed' || status === 'failed' || status === 'canceled'
