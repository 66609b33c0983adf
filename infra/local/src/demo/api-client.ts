import { EXIT, Problem } from '../problem.ts'

/** The parts of the public API's answers that the demo shows. */
export interface CreatedTask {
  id: string
  input: { detected_duration: string; billed_seconds: number; credits_per_second: number }
  creditsUsed: number
  creditsRemaining: number
}

export interface TaskView {
  id: string
  status: 'pending' | 'processing' | 'completed' | 'failed' | 'canceled'
  stage: string
  progress: number
  eta_seconds: number | null
  result: { url: string | null } | null
  error: { code: string; message: string } | null
  source: { width: number; height: number; bytes: number } | null
  output: { width: number; height: number; bytes: number; codec: string } | null
  cost: {
    credits: number
    refunded_credits: number
    net_credits: number
    transactions: { id: string; type: string; amount: number }[]
  }
}

export interface ApiClient {
  create(videoUrl: string, factor: string): Promise<CreatedTask>
  task(id: string): Promise<TaskView>
}

/** The demo speaks to the stack as a customer does. A refusal is a `Problem` with its exit code. */
export function createApiClient(origin: string, key: string): ApiClient {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    }).catch((error: unknown) => {
      throw new Problem(`The API at ${origin} does not answer.`, EXIT.network, error)
    })
    const body = (await answer.json()) as Envelope
    if (body.success) return body.data
    const { code, message } = body.error
    throw new Problem(`${code}: ${message}`, exitCodeOf(answer.status))
  }
  return {
    create: async (videoUrl, factor) =>
      (await call('/tools/upscale-video', {
        method: 'POST',
        body: JSON.stringify({ video_url: videoUrl, upscale_factor: factor }),
      })) as CreatedTask,
    task: async (id) => (await call(`/tasks/${id}`)) as TaskView,
  }
}

type Envelope =
  { success: true; data: unknown } | { success: false; error: { code: string; message: string } }

function exitCodeOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.auth
  if (status === 402) return EXIT.credits
  return status >= 500 ? EXIT.unexpected : EXIT.usage
}
