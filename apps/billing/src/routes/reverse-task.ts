import { z } from 'zod'
import { BECAUSE } from '../http/because.ts'
import { parseInput } from '../http/parse-input.ts'
import { taskIdFrom } from '../http/task-id-from.ts'
import { reverseTask as reverse } from '../ledger/reverse-task.ts'
import type { Operation } from './operation.ts'

const Body = z.object(BECAUSE)

export const reverseTask: Operation = async (ctx, req, res) => {
  res.json(await reverse(ctx, taskIdFrom(req), parseInput(Body, req.body)))
}
