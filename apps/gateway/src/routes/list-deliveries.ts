import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { DELIVERY_EXAMPLE, DeliveryPage } from '../webhooks/delivery-schema.ts'
import { listDeliveries as listOwn } from '../webhooks/delivery-store.ts'
import { deliveryView } from '../webhooks/delivery-view.ts'
import { DeliveryQuery, parseDeliveryQuery } from '../webhooks/parse-delivery-query.ts'

const run: Operation = async (ctx, req, res) => {
  const { items, next } = await listOwn(ctx.db, callerOf(req), parseDeliveryQuery(req.query))
  succeed(res, { items: items.map(deliveryView), has_more: next !== null, next_cursor: next })
}

export const listDeliveries: Endpoint = {
  id: 'listDeliveries',
  method: 'GET',
  path: '/api/v1/webhooks/deliveries',
  access: 'account',
  tag: 'Webhooks',
  summary: 'List webhook deliveries',
  description:
    'Newest first, of this account and mode, for 30 days. Send `next_cursor` back as `cursor` for the next page.',
  query: DeliveryQuery,
  answers: {
    200: {
      description: 'A page of deliveries',
      data: DeliveryPage,
      example: { items: [DELIVERY_EXAMPLE], has_more: false, next_cursor: null },
    },
  },
  errors: [],
  run,
}
