import type { Operation } from '../../http/operation.ts'
import { examine } from '../../operators/doctor.ts'

/** Each part of the system as the gateway sees it. */
export const getDoctor: Operation = async (ctx, _req, res) => {
  res.json(await examine(ctx))
}
