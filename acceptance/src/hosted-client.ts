/** What such a client throws: for a status outside 2xx, or where the body says `success: false`. */
export class HostedApiError extends Error {
  readonly code: string
  readonly status: number

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Envelope {
  success?: boolean
  data?: unknown
  error?: { code?: string; message?: string }
}

/**
 * A client as those of the hosted contract are written: paths appended to the base URL, JSON headers on every
 * request, `data` unwrapped, and nothing known of what we added.
 */
export function hostedClient({
  baseUrl,
  apiKey,
  fetch,
}: {
  baseUrl: string
  apiKey: string
  fetch: (url: string, init: RequestInit) => Promise<Response>
}) {
  async function send<Data>(
    method: 'GET' | 'POST',
    path: string,
    { body, isPublic = false }: { body?: object; isPublic?: boolean } = {},
  ): Promise<Data> {
    const res = await fetch(baseUrl + path, {
      method,
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        ...(!isPublic && { authorization: `Bearer ${apiKey}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const envelope = (await res.json().catch(() => null)) as Envelope | null
    if (!res.ok || envelope?.success === false) {
      const { code = `HTTP_${res.status}`, message = res.statusText } = envelope?.error ?? {}
      throw new HostedApiError(res.status, code, message)
    }
    return (envelope?.data ?? envelope) as Data
  }

  return {
    models: (type?: string) =>
      send<{ models: { id: string; type: string }[] }>(
        'GET',
        type === undefined ? '/models' : `/models?type=${type}`,
        { isPublic: true },
      ),
    credits: () => send<{ credits: number }>('GET', '/credits'),
    upscaleVideo: (body: { video_url: string; upscale_factor?: string }) =>
      send<{ id: string; status: string; creditsUsed: number; creditsRemaining: number }>(
        'POST',
        '/tools/upscale-video',
        { body },
      ),
    generate: (model: string, named: object, extra: object = {}) =>
      send<{ id: string; status: string }>('POST', '/generate', {
        body: { model, input: { ...extra, ...named } },
      }),
    task: (id: string) => send<HostedTask>('GET', `/tasks/${encodeURIComponent(id)}`),
    /** Bytes from this machine: a place for them, and their PUT. */
    async upload(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<string> {
      const place = await send<{ uploadUrl: string; publicUrl: string; expiresAt?: string }>(
        'POST',
        '/upload',
        { body: { contentType, sizeBytes: bytes.length } },
      )
      const res = await fetch(place.uploadUrl, {
        method: 'PUT',
        headers: { 'content-type': contentType },
        body: bytes,
      })
      if (!res.ok) throw new HostedApiError(res.status, `HTTP_${res.status}`, 'upload failed')
      return place.publicUrl
    },
  }
}

export interface HostedTask {
  id: string
  model: string
  status: string
  mediaType: string
  prompt: null
  createdAt: string
  result: { url: string; type: string } | null
  error: { key: string; message: string } | null
}
