import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { DELIVERY_EXAMPLE, Delivery, DeliveryParams } from '../webhooks/delivery-schema.ts'
import { deliveryView } from '../webhooks/delivery-view.ts'
import { findOwnDelivery } from '../webhooks/find-own-delivery.ts'

const run: Operation = async (ctx, req, res) => {
  succeed(res, deliveryView(await findOwnDelivery(ctx.db, callerOf(req), String(req.params['id']))))
}

export const getDelivery: Endpoint = {
  id: 'getDelivery',
  method: 'GET',
  path: '/api/v1/webhooks/deliveries/{id}',
  access: 'account',
  tag: 'Webhooks',
  summary: 'Read a webhook delivery',
  description: 'One message to your receiver, with every attempt to bring it there.',
  params: DeliveryParams,
  answers: { 200: { description: 'The delivery', data: Delivery, example: DELIVERY_EXAMPLE } },
  errors: ['DELIVERY_NOT_FOUND'],
  run,
}
