import { expect, test } from '@jest/globals'
import { createLogger } from '../src/index.ts'

test('a line has time, level and service, and no secret wherever it stands', () => {
  const lines: string[] = []
  const logger = createLogger('billing', 'info', { write: (line) => void lines.push(line) })
  const key = `sk-${'a'.repeat(36)}`
  logger.error({ err: new Error(`bad key ${key}`), url: 'http://h/?token=abc' }, `with ${key}`)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    service: 'billing',
    time: expect.stringMatching(/Z$/),
    url: 'http://h/?token=[secret]',
  })
  expect(lines[0]).not.toContain(key)
})
