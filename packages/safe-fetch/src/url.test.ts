import { expect, test } from '@jest/globals'
import { AppError } from '@upscale/types'
import { readPolicy } from './policy.ts'
import { checkUrl, checkWebhookUrl } from './url.ts'

const policy = readPolicy({
  allow: '127.0.0.1:9000,minio:9000,169.254.169.254:80,api.ours.example.org:8080',
  ownHosts: ['api.ours.example.org'],
  production: false,
})

const keyOf = (text: string): string => {
  try {
    checkUrl(text, policy)
  } catch (error) {
    if (error instanceof AppError && error.code === 'PROBE_FAILED') return error.key
    throw error
  }
  return 'accepted'
}

test.each([
  ['', 'url_invalid'],
  ['video.mp4', 'url_invalid'],
  ['//example.com/a.mp4', 'url_invalid'],
  ['https://', 'url_invalid'],
  ['https://exa mple.com/', 'url_invalid'],
  [' https://example.com/', 'url_invalid'],
  ['https://example.com/a b', 'url_invalid'],
  ['https://exam\tple.com/', 'url_invalid'],
  ['https://example.com/\n', 'url_invalid'],
  ['https://example.com/\0', 'url_invalid'],
  ['https://example.com/\x7f', 'url_invalid'],
  ['https://example.com/\x85', 'url_invalid'],
  ['https://example.com/\ud800', 'url_invalid'],
  ['https://example.com:99999/', 'url_invalid'],
  ['https://[::1/', 'url_invalid'],
  ['https://1.2.3.4.5/', 'url_invalid'],
  ['https://example.com/?' + 'a'.repeat(2028), 'url_invalid'],
  ['ftp://example.com/a.mp4', 'url_scheme_not_allowed'],
  ['file:///etc/passwd', 'url_scheme_not_allowed'],
  ['data:video/mp4;base64,AAAA', 'url_scheme_not_allowed'],
  ['blob:https://example.com/1', 'url_scheme_not_allowed'],
  ['javascript:alert(1)', 'url_scheme_not_allowed'],
  ['gopher://example.com/', 'url_scheme_not_allowed'],
  ['https://user:pass@example.com/', 'url_credentials_not_allowed'],
  ['https://user@example.com/', 'url_credentials_not_allowed'],
  ['https://:pass@example.com/', 'url_credentials_not_allowed'],
  ['https://example.com@10.0.0.1/', 'url_credentials_not_allowed'],
  ['https://example.com:8443/', 'url_port_not_allowed'],
  ['https://example.com:0/', 'url_port_not_allowed'],
  ['http://example.com:22/', 'url_port_not_allowed'],
  ['http://127.0.0.1:9001/', 'url_port_not_allowed'],
  ['http://minio:9001/', 'url_port_not_allowed'],
  ['http://127.0.0.1/', 'url_address_not_allowed'],
  ['http://2130706433/', 'url_address_not_allowed'],
  ['http://0x7f.1/', 'url_address_not_allowed'],
  ['http://0177.0.0.1/', 'url_address_not_allowed'],
  ['http://127.1/', 'url_address_not_allowed'],
  ['http://0/', 'url_address_not_allowed'],
  ['http://127。0。0。1/', 'url_address_not_allowed'],
  ['http://\uff11\uff12\uff17.0.0.1/', 'url_address_not_allowed'],
  ['http://[::1]/', 'url_address_not_allowed'],
  ['http://[::ffff:127.0.0.1]/', 'url_address_not_allowed'],
  ['http://169.254.169.254/latest/meta-data', 'url_address_not_allowed'],
  ['http://metadata/', 'url_host_not_allowed'],
  ['http://minio/', 'url_host_not_allowed'],
  ['http://localhost/', 'url_host_not_allowed'],
  ['http://LOCALHOST./', 'url_host_not_allowed'],
  ['http://%6c%6f%63alhost/', 'url_host_not_allowed'],
  ['http://a.localhost/', 'url_host_not_allowed'],
  ['http://printer.local/', 'url_host_not_allowed'],
  ['http://a.localdomain/', 'url_host_not_allowed'],
  ['http://metadata.google.internal/', 'url_host_not_allowed'],
  ['http://metadata.google.internal./', 'url_host_not_allowed'],
  ['http://nas.home.arpa/', 'url_host_not_allowed'],
  ['http://1.0.0.127.in-addr.arpa/', 'url_host_not_allowed'],
  ['https://magic.test/ok.mp4', 'url_host_not_allowed'],
  ['http://a.invalid/', 'url_host_not_allowed'],
  ['http://a.onion/', 'url_host_not_allowed'],
  ['http://a.i2p/', 'url_host_not_allowed'],
  ['http://localhost../', 'url_host_not_allowed'],
  ['http://a..example.com/', 'url_host_not_allowed'],
  ['https://api.ours.example.org/video', 'url_host_not_allowed'],
  ['https://API.ours.example.org./video', 'url_host_not_allowed'],
  ['https://example.com/a.mp4', 'accepted'],
  ['https://example.com:80/a.mp4', 'accepted'],
  ['http://example.com:443/a.mp4', 'accepted'],
  ['https://mylocalhost.com/', 'accepted'],
  ['https://1.1.1.1/', 'accepted'],
  ['https://[2606:4700:4700::1111]/', 'accepted'],
  ['https://cdn.ours.example.org/', 'accepted'],
  ['https://example.com/?' + 'a'.repeat(2027), 'accepted'],
  ['http://127.0.0.1:9000/a.mp4', 'accepted'],
  ['http://127.1:9000/a.mp4', 'accepted'],
  ['http://MINIO:9000/a.mp4', 'accepted'],
  ['http://api.ours.example.org:8080/sample.mp4', 'accepted'],
])('%j: %s', (text, key) => {
  expect(keyOf(text)).toBe(key)
})

test.each([
  [
    'https://Example.com/A%2fb/%C3%A9?X-Sig=a+b%20c%2B&&x=#part',
    'https://example.com/A%2fb/%C3%A9?X-Sig=a+b%20c%2B&&x=',
  ],
  ['https://example.com:443/a;b,c~d?e=!*()&f', 'https://example.com/a;b,c~d?e=!*()&f'],
  ['https://example.com/a?#', 'https://example.com/a?'],
])('keeps path and query of %s', (text, href) => {
  expect(checkUrl(text, policy).href).toBe(href)
})

test('says what is wrong and what to do', () => {
  expect(() => checkUrl('https://me:secret@example.com/', policy)).toThrow(
    'Could not read video duration from URL: it must not hold a user name or password. Use a signed URL',
  )
})

const webhookKeyOf = (text: string): string => {
  try {
    return checkWebhookUrl(text, policy).href
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_WEBHOOK_URL') return error.key
    throw error
  }
}

test.each([
  ['https://hooks.example.com/in?token=a%2fb#part', 'https://hooks.example.com/in?token=a%2fb'],
  ['http://127.0.0.1:9000/in', 'http://127.0.0.1:9000/in'],
  ['https://127.0.0.1:9000/in', 'https://127.0.0.1:9000/in'],
  ['http://hooks.example.com/in', 'url_scheme_not_allowed'],
  ['http://127.0.0.1:9001/in', 'url_scheme_not_allowed'],
  ['ftp://127.0.0.1:9000/in', 'url_scheme_not_allowed'],
  ['', 'url_invalid'],
  ['https://hooks.example.com/\ud800', 'url_invalid'],
  ['https://me:secret@hooks.example.com/', 'url_credentials_not_allowed'],
  ['https://hooks.example.com:8443/', 'url_port_not_allowed'],
  ['https://10.0.0.1/', 'url_address_not_allowed'],
  ['http://169.254.169.254/', 'url_address_not_allowed'],
  ['https://localhost/', 'url_host_not_allowed'],
  ['https://api.ours.example.org/in', 'url_host_not_allowed'],
])('webhook %j: %s', (text, expected) => {
  expect(webhookKeyOf(text)).toBe(expected)
})

test('says what a webhook URL must be', () => {
  expect(() => checkWebhookUrl('http://hooks.example.com/', policy)).toThrow(
    expect.objectContaining({
      message: 'webhook_url must be a public https URL: it must start with https://',
      param: 'webhook_url',
    }),
  )
})
