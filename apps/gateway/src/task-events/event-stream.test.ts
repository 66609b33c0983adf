import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import type { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { openEventStream } from './event-stream.ts'

test('a client that reads nothing is cut off at 256 kB', () => {
  const stuck = new Writable({ write: () => undefined })
  const res = new ServerResponse({
    method: 'GET',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  } as IncomingMessage)
  res.assignSocket(stuck as Socket)
  const { send } = openEventStream(res)
  const frame = 'x'.repeat(1_000)
  let frames = 0
  while (!res.destroyed && frames < 1_000) {
    send(frame)
    frames += 1
  }
  expect(frames).toBeGreaterThan(240)
  expect(frames).toBeLessThan(270)
  expect(() => send(frame)).not.toThrow()
})
