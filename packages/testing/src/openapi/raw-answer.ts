import type { SeenResponse } from './response-checker.ts'

/** An HTTP/1.1 answer with a `Content-Length`, as it came over a socket that was closed after it. */
export function readRawAnswer(text: string): Pick<SeenResponse, 'status' | 'headers' | 'body'> {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s, 2)
  const [first = '', ...lines] = head.split('\r\n')
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(first) ?? []
  if (status === undefined) throw new Error(`No HTTP/1.1 answer: ${JSON.stringify(text)}`)
  const headers = lines.map((line) => line.split(/: (.*)/s, 2) as [string, string])
  return { status: Number(status), headers: new Headers(headers), body }
}
