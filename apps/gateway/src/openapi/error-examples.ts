import { PUBLIC_CODES } from '@upscale/types'
import type { PublicErrorCode } from '@upscale/types'
import { AppError } from '@upscale/types'
import { ERROR_HELP } from '../docs/error-help.ts'
import { failure } from '../http/envelope.ts'
import { errorView, problemView } from '../tasks/error-view.ts'
import { EXAMPLE_HOST, EXAMPLE_REQUEST_ID } from '../tasks/task-examples.ts'

/** The error object of a code as it may come, and as problem details. */
export function exampleErrorOf(code: PublicErrorCode) {
  const { message, key, param, details } = ERROR_HELP[code]
  const error = new AppError(code, message, { key, param, details: details && { ...details } })
  return errorView(error, { publicUrl: EXAMPLE_HOST, requestId: EXAMPLE_REQUEST_ID })
}

/** `components.examples`: of each code its envelope, and its problem details. */
export const errorExamples = () =>
  Object.fromEntries(
    PUBLIC_CODES.flatMap((code) => {
      const view = exampleErrorOf(code)
      const summary = view.message
      return [
        [code, { summary, value: failure(view) }],
        [problemExampleName(code), { summary, value: problemView(view, '/api/v1/…') }],
      ]
    }),
  )

export const problemExampleName = (code: PublicErrorCode): string => `${code}.problem`
