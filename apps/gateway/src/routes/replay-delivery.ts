import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import { callerOf } from '../http/operation.ts'
import type { Operation } from '../http/operation.ts'
import { DELIVERY_EXAMPLE, Delivery, DeliveryParams } from '../webhooks/delivery-schema.ts'
import { deliveryView } from '../webhooks/delivery-view.ts'
import { findOwnDelivery } from '../webhooks/find-own-delivery.ts'
import { attemptNow } from '../webhooks/start-delivery.ts'

const run: Operation = async (ctx, req, res) => {
  const caller = callerOf(req)
  const delivery = await findOwnDelivery(ctx.db, caller, String(req.params['id']))
  await attemptNow(ctx, delivery, req.requestId)
  succeed(res, deliveryView(await findOwnDelivery(ctx.db, caller, delivery.deliveryId)))
}

export const replayDelivery: Endpoint = {
  id: 'replayDelivery',
  method: 'POST',
  path: '/api/v1/webhooks/deliveries/{id}/replay',
  access: 'account',
  tag: 'Webhooks',
  summary: 'Deliver a webhook again',
  description:
    'Makes one more attempt at once, whatever became of those before, with the same `webhook-id` and `data`, and answers when it has ended (after 20 s at the latest). A `delivered` one needs no further attempts; otherwise those that are planned still follow.',
  params: DeliveryParams,
  answers: {
    200: {
      description: 'The delivery with the new attempt',
      data: Delivery,
      example: DELIVERY_EXAMPLE,
    },
  },
  errors: ['DELIVERY_NOT_FOUND'],
  run,
}
