import { expect, test } from '@jest/globals'
import { openSource, openText, readKeyRing, sealSource, sealText } from './seal.ts'

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64')
const ring = readKeyRing(`b:${key(2)},a:${key(1)}`)
const url = 'https://cdn.example:8443/clip.mp4?token=hush'

test('a sealed URL opens again and shows its host alone', () => {
  const source = sealSource(ring, url)
  expect(source.host).toBe('cdn.example:8443')
  expect(JSON.stringify(source)).not.toContain('hush')
  expect(openSource(ring, source)).toBe(url)
})

test('a sealed text is another each time, and opens again', () => {
  const sealed = sealText(ring, 'whsec_é')
  expect(sealed).toMatch(/^b\.[\w-]+$/)
  expect(sealText(ring, 'whsec_é')).not.toBe(sealed)
  expect(openText(ring, sealed)).toBe('whsec_é')
})

test('an older key still opens, an unknown one does not', () => {
  const source = sealSource(readKeyRing(`a:${key(1)}`), url)
  expect(openSource(ring, source)).toBe(url)
  expect(() => openSource(readKeyRing(`b:${key(2)}`), source)).toThrow('No key "a"')
})

test('a changed text does not open', () => {
  const { host, sealed } = sealSource(ring, url)
  const changed = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA')
  expect(() => openSource(ring, { host, sealed: changed })).toThrow()
})

test.each(['', 'a', 'a:short', ':AAAA'])('refuses the key ring %j', (text) => {
  expect(() => readKeyRing(text)).toThrow('SOURCE_KEYS')
})

test('names the variable of another key ring', () => {
  expect(() => readKeyRing('a', 'WEBHOOK_KEYS')).toThrow('WEBHOOK_KEYS')
})
