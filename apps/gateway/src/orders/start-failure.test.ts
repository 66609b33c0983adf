import { expect, test } from '@jest/globals'
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common'
import { startFailureOf } from './start-failure.ts'

const grpc = (code: number) => Object.assign(new Error('grpc'), { code, details: '', metadata: {} })
const closedFirst = ApplicationFailure.nonRetryable('', 'AcceptedUpdateCompletedWorkflow')

test.each([
  ['no worker', new WorkflowUpdateRPCTimeoutOrCancelledError('late'), 'timeout', false],
  ['canceled first', new WorkflowUpdateFailedError('x', new CancelledFailure('x')), 'closed', true],
  ['closed first', new WorkflowUpdateFailedError('x', closedFirst), 'closed', true],
  ['already over', new WorkflowExecutionAlreadyStartedError('x', 'id', 't'), 'closed', true],
  ['reset away', new WorkflowNotFoundError('x', 'id', undefined), 'closed', true],
  ['unavailable', grpc(14), 'unreachable', false],
  ['exhausted', grpc(8), 'unreachable', false],
  ['paused', grpc(9), 'unreachable', false],
  ['unavailable below the SDK', new ServiceError('x', { cause: grpc(14) }), 'unreachable', false],
])('%s: try again', (_name, error, outcome, isClosed) => {
  expect(startFailureOf(error)).toMatchObject({
    outcome,
    isClosed,
    error: { code: 'SERVICE_UNAVAILABLE', message: 'Try again in 5 s' },
  })
})

test.each([
  ['a request that Temporal refuses', new ServiceError('x', { cause: grpc(3) })],
  [
    'a failed handler',
    new WorkflowUpdateFailedError('x', ApplicationFailure.nonRetryable('', 'X')),
  ],
  ['anything else', new TypeError('x')],
])('%s is a bug', (_name, error) => {
  expect(startFailureOf(error)).toMatchObject({
    outcome: 'bug',
    isClosed: false,
    error: { code: 'INTERNAL_ERROR' },
  })
})
