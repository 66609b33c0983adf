import { expect, test } from '@jest/globals'
import { newWebhookSecret, signatureOf } from './sign.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
}
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

test('signs as the published example of Standard Webhooks', () => {
  expect(signatureOf([secret], message)).toBe(signature)
})

test('signs with each secret, in their order', () => {
  const other = newWebhookSecret()
  expect(signatureOf([other, secret], message)).toBe(
    `${signatureOf([other], message)} ${signature}`,
  )
})

test('any other byte is another signature', () => {
  for (const changed of [{ id: 'msg_2' }, { timestamp: 1_614_265_331 }, { body: '{}' }])
    expect(signatureOf([secret], { ...message, ...changed })).not.toBe(signature)
})

test('a secret is 32 random bytes', () => {
  expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(newWebhookSecret()).not.toBe(newWebhookSecret())
})
