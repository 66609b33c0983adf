import { responseChecker } from '@upscale/testing'
import type { CheckResponse } from '@upscale/testing'

/** What holds answers of the stack at `origin` against its own document. */
export async function openChecker(origin: string): Promise<CheckResponse> {
  const res = await fetch(`${origin}/openapi.json`)
  if (!res.ok) throw new Error(`/openapi.json answered ${res.status}`)
  return responseChecker((await res.json()) as object)
}

/** `fetch` of a whole URL of ours whose answer ends; a video is not read for the check. */
export async function checkedFetch(
  check: CheckResponse,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const res = await fetch(url, init)
  const { pathname, search } = new URL(url)
  const { status, headers } = res
  const isVideo = headers.get('content-type')?.startsWith('video/')
  const body = isVideo ? '' : await res.clone().text()
  check({ method: init.method ?? 'GET', path: pathname + search, status, headers, body })
  return res
}
