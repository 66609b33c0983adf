import { AppError } from '@upscale/types'
import type { RequestHandler } from 'express'

/** Stands behind the operations of a path: it exists, with other methods. */
export const methodNotAllowed =
  (methods: readonly string[]): RequestHandler =>
  (_req, res) => {
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    res.setHeader('Allow', allowed.join(', '))
    throw new AppError('METHOD_NOT_ALLOWED', `Use ${methods.join(' or ')}`)
  }
