import { expect, test } from '@jest/globals'
import { transferFault, type TransferState } from './transfer-fault.ts'

const limits = { headersMs: 3_000 }
const paced = {
  ...limits,
  pace: { idleMs: 30_000, graceMs: 10_000, bytesPerSecond: 50_000 },
}
const MIB = 1024 * 1024

const headers = (ms: number, rawBytes: number): TransferState => ({
  phase: 'headers',
  ms,
  rawBytes,
})
type BodyState = Extract<TransferState, { phase: 'body' }>
const body = (given: Partial<BodyState>): BodyState => ({
  phase: 'body',
  ms: 0,
  rawBytes: 0,
  bodyBytes: 0,
  idleMs: 0,
  bodyLimit: 10 * MIB,
  ...given,
})

test.each([
  [headers(3_000, 256 * 1024), undefined],
  [headers(3_001, 0), 'source_timeout'],
  [headers(0, 256 * 1024 + 1), 'source_bad_response'],
  [body({ rawBytes: 11.5 * MIB }), undefined],
  [body({ rawBytes: 11.5 * MIB + 1 }), 'source_bad_response'],
  [body({ ms: 600_000, idleMs: 600_000 }), undefined],
])('without a pace %j: %s', (state, fault) => {
  expect(transferFault(state, limits)).toBe(fault)
})

test.each([
  [body({ ms: 10_000, bodyBytes: 0 }), undefined],
  [body({ ms: 10_001, bodyBytes: 500_000 }), 'source_too_slow'],
  [body({ ms: 20_000, bodyBytes: 1_000_000 }), undefined],
  [body({ ms: 20_000, bodyBytes: 999_999 }), 'source_too_slow'],
  [body({ ms: 40_000, bodyBytes: 9 * MIB, idleMs: 30_000 }), undefined],
  [body({ ms: 40_000, bodyBytes: 9 * MIB, idleMs: 30_001 }), 'source_timeout'],
])('with a pace %j: %s', (state, fault) => {
  expect(transferFault(state, paced)).toBe(fault)
})
