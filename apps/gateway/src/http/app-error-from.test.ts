import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { appErrorFrom } from './app-error-from.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })
const withType = (type: string) => Object.assign(new Error('x'), { type })

test.each([
  ['an error of the catalogue', new AppError('NO_RESULT', 'x'), 'NO_RESULT'],
  ['a path that cannot be decoded', new URIError('x'), 'NOT_FOUND'],
  ['a long body', withType('entity.too.large'), 'BODY_TOO_LARGE'],
  ['a compressed body', withType('encoding.unsupported'), 'UNSUPPORTED_ENCODING'],
  ['half a body', withType('request.aborted'), 'INVALID_JSON'],
  ['a database that is down', withCode('ECONNREFUSED'), 'SERVICE_UNAVAILABLE'],
  ['a database that stops', withCode('57P01'), 'SERVICE_UNAVAILABLE'],
  ['a database without connections', withCode('53300'), 'SERVICE_UNAVAILABLE'],
  ['a lock that somebody keeps', withCode('55P03'), 'SERVICE_UNAVAILABLE'],
  ['a statement that takes too long', withCode('57014'), 'SERVICE_UNAVAILABLE'],
  ['a lost connection', new Error('Connection terminated unexpectedly'), 'SERVICE_UNAVAILABLE'],
  ['a broken constraint', withCode('23505'), 'INTERNAL_ERROR'],
  ['too deep a recursion', new RangeError('x'), 'INTERNAL_ERROR'],
  ['no error at all', 'x', 'INTERNAL_ERROR'],
])('%s', (_name, thrown, code) => {
  expect(appErrorFrom(thrown, 'GET /x')).toMatchObject({ code })
})
