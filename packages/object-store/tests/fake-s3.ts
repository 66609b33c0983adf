import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

interface Stored {
  bytes: Buffer
  contentType: string
}

export interface FakeS3 extends AsyncDisposable {
  endpoint: string
  objects: Map<string, Stored>
}

/** As much of an S3 server as the store needs: PUT, GET with Range, HEAD, DELETE of one object; lists of two. */
export async function fakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Stored>()
  const server = createServer((req, res) => {
    void answer(req).then(({ status, headers = {}, body }) =>
      res.writeHead(status, headers).end(body),
    )
  })

  async function answer(req: IncomingMessage) {
    const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://s3')
    if (!req.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) return { status: 403 }
    if (req.method === 'PUT') {
      const bytes = await buffer(req)
      objects.set(path, { bytes, contentType: req.headers['content-type'] ?? '' })
      return { status: 200, headers: { etag: '"1"' } }
    }
    if (req.method === 'DELETE') {
      objects.delete(path)
      return { status: 204 }
    }
    if (searchParams.has('list-type')) return { status: 200, body: listOf(objects, searchParams) }
    const found = objects.get(path)
    if (!found) return { status: 404, body: req.method === 'HEAD' ? '' : NO_SUCH_KEY }
    return rangeOf(found, req)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const NO_SUCH_KEY =
  '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>'

/** Two at a time, from the key on that the token names, so that the tests see pages. */
function listOf(objects: Map<string, Stored>, query: URLSearchParams): string {
  const keys = [...objects.keys()]
    .map((path) => path.split('/').slice(2).join('/'))
    .filter((key) => key.startsWith(query.get('prefix') ?? ''))
    .filter((key) => key >= (query.get('continuation-token') ?? ''))
    .sort()
  const next =
    keys[2] === undefined ? '' : `<NextContinuationToken>${keys[2]}</NextContinuationToken>`
  const contents = keys.slice(0, 2).map((key) => `<Contents><Key>${key}</Key></Contents>`)
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`
}

function rangeOf({ bytes, contentType }: Stored, req: IncomingMessage) {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? []
  const part = from ? bytes.subarray(Number(from), Number(to) + 1) : bytes
  const headers = {
    'content-type': contentType,
    'content-length': part.length,
    ...(from && { 'content-range': `bytes ${from}-${to}/${bytes.length}` }),
  }
  return { status: from ? 206 : 200, headers, ...(req.method !== 'HEAD' && { body: part }) }
}
