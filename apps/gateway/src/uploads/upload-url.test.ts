import { expect, test } from '@jest/globals'
import {
  isUploadKey,
  newSlot,
  newUploadKey,
  publicUrlOf,
  uploadKeyOf,
  uploadUrlOf,
} from './upload-url.ts'

const OURS = 'https://upscale.example'
const KEY = `uploads/${'a'.repeat(32)}.mov`

test('a key says its type and nothing else', () => {
  expect(newUploadKey('video/mp4')).toMatch(/^uploads\/[A-Za-z0-9]{32}\.mp4$/)
  expect(newUploadKey('video/quicktime')).toMatch(/\.mov$/)
  expect(newUploadKey('video/x-matroska')).toMatch(/\.mkv$/)
  expect(isUploadKey(newUploadKey('video/mp4'))).toBe(true)
  for (const other of [
    'results/a.mp4',
    `x${KEY}`,
    `${KEY}x`,
    'uploads/a.mp4',
    `uploads/../${KEY}`,
  ]) {
    expect(isUploadKey(other)).toBe(false)
  }
})

test('the URL of the PUT does not give away the one of the file', () => {
  const slot = newSlot()
  expect(uploadUrlOf(OURS, slot)).toBe(`https://upscale.example/uploads/put/${slot}`)
  expect(publicUrlOf(OURS, KEY)).toBe(`https://upscale.example/${KEY}`)
})

test.each([
  [`${OURS}/${KEY}`, KEY],
  [`${OURS}/${KEY}?a=1#b`, KEY],
  [`HTTPS://Upscale.example:443/./${KEY}`, KEY],
  [`${OURS}/uploads/other`, 'uploads/other'],
  [`${OURS}/results/x.mp4`, undefined],
  [`http://upscale.example/${KEY}`, undefined],
  [`https://upscale.example.evil.example/${KEY}`, undefined],
  [`https://evil.example/${OURS}/${KEY}`, undefined],
  [`https://upscale.example@evil.example/${KEY}`, undefined],
  ['not a url', undefined],
])('%s', (url, key) => {
  expect(uploadKeyOf(OURS, url)).toBe(key)
})

test('a public URL may have a path of its own', () => {
  expect(uploadKeyOf(`${OURS}/video`, `${OURS}/video/${KEY}`)).toBe(KEY)
  expect(uploadKeyOf(`${OURS}/video`, `${OURS}/${KEY}`)).toBeUndefined()
})
