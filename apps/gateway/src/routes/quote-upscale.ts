import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { bodyOf } from '../http/json-body.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { createQuote } from '../quotes/create-quote.ts'
import { QUOTE, QuoteAnswer } from '../quotes/quote-schema.ts'
import { quoteView } from '../quotes/quote-view.ts'
import { SOURCE_ERRORS } from '../orders/create-errors.ts'
import { parseSourceOrder } from '../orders/parse-upscale-order.ts'
import { SourceBody } from '../orders/upscale-body.ts'

const run: Operation = async (ctx, req, res) => {
  const order = parseSourceOrder(bodyOf(req))
  succeed(res, quoteView(await createQuote(ctx, callerOf(req), order, req.requestId)))
}

export const quoteUpscale: Endpoint = {
  id: 'quoteUpscale',
  method: 'POST',
  path: '/api/v1/tools/upscale-video/quote',
  access: 'account',
  limit: 'quotes',
  tag: 'Upscale',
  summary: 'Ask for the price of an upscale',
  description:
    'Free: it reads the video and starts no task. For 15 minutes `quote_id` fixes the price of a create with the same `video_url` and `upscale_factor`, which then does not read the video again. It may be used more than once; each use charges.',
  body: SourceBody,
  answers: { 200: { description: 'The price', data: QuoteAnswer, example: QUOTE } },
  errors: ['MISSING_VIDEO_URL', 'INVALID_UPSCALE_FACTOR', ...SOURCE_ERRORS],
  run,
}
