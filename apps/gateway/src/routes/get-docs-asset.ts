import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { Asset } from '../docs/assets.ts'
import { noSuchEndpoint } from '../http/app-error-from.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async ({ site }, req, res) => {
  const asset = site.assets.get(String(req.params['file']))
  if (!asset) throw noSuchEndpoint(`GET ${req.path}`)
  const isZipped = req.acceptsEncodings('gzip') === 'gzip'
  res.setHeader('Content-Type', asset.type)
  res.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
  res.setHeader('Vary', 'Accept-Encoding')
  if (isZipped) res.setHeader('Content-Encoding', 'gzip')
  res.end(isZipped ? zippedOf(asset) : asset.bytes)
}

const zippedOf = (asset: Asset): Buffer => (asset.zipped ??= gzipSync(asset.bytes))

export const getDocsAsset: Endpoint = {
  id: 'getDocsAsset',
  method: 'GET',
  path: '/docs/assets/{file}',
  access: 'public',
  tag: 'Documents',
  summary: 'A file that a page loads',
  description: 'Its name changes with its content, so it may be kept for ever.',
  params: z.object({ file: z.string() }),
  answers: {
    200: {
      description: 'The file',
      media: { 'text/css': z.string(), 'text/javascript': z.string() },
    },
  },
  errors: ['NOT_FOUND'],
  run,
}
