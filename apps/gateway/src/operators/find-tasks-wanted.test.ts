import { expect, test } from '@jest/globals'
import { nothingFound, wantedFrom } from './find-tasks-wanted.ts'

const GIVE =
  'Give a task or workflow id (task_…), a request id (req_…), an account (<customer>:live or ' +
  '<customer>:test) or a customer'

test.each([
  ['task_0123456789abcdef', { by: 'task', taskId: 'task_0123456789abcdef' }],
  ['req_a1', { by: 'request', requestId: 'req_a1' }],
  ['acme:test', { by: 'accounts', accountIds: ['acme:test'] }],
  ['acme', { by: 'accounts', accountIds: ['acme:live', 'acme:test'] }],
  ['task_short', { by: 'accounts', accountIds: ['task_short:live', 'task_short:test'] }],
])('%s is looked for', (find, wanted) => {
  expect(wantedFrom(find)).toEqual(wanted)
})

test.each(['', 'acme:prod', 'a b', "x' or 1=1", 'ä', 'a'.repeat(65)])('%j is no id', (find) => {
  expect(() => wantedFrom(find)).toThrow(
    expect.objectContaining({
      code: 'INVALID_PARAMETER',
      param: 'find',
      message: `find is no id that we know. ${GIVE}`,
    }),
  )
})

test.each([
  ['task_0123456789abcdef', 'There is no task task_0123456789abcdef, and no workflow of that id. '],
  [
    'req_a1',
    'No task was made by request req_a1; a request that was refused leaves none, ' +
      "and its reason stands in the gateway's log. ",
  ],
  ['acme', 'There is no task of acme:live or acme:test. '],
])('%s that is not there is told from what can be given', (find, what) => {
  expect(nothingFound(wantedFrom(find))).toMatchObject({
    code: 'NOT_FOUND',
    key: 'nothing_found',
    message: what + GIVE,
  })
})
