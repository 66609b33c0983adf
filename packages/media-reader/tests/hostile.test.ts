import { describe, expect, test } from '@jest/globals'
import { clipBytes, findBox, findElement, renameBox, setDouble, setU32 } from '@upscale/testing'
import type { ClipName } from '@upscale/testing'
import { readMedia } from '../src/index.ts'
import { memorySource, readBytes } from './memory-source.ts'

type Edit = (file: Buffer) => Buffer
const STBL = 'moov/trak/mdia/minf/stbl'
const DURATION = [0x18538067, 0x1549a966, 0x4489]
const SCALE = [0x18538067, 0x1549a966, 0x2ad7b1]
const withoutEdits: Edit = renameBox('moov/trak/edts')
const then =
  (first: Edit, second: Edit): Edit =>
  (file) =>
    second(first(file))

const U32_MAX = 0xffffffff
const size =
  (width: number, height: number): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    const entry = findBox(file, `${STBL}/stsd`).body + 8
    copy.writeUInt16BE(width, entry + 32)
    copy.writeUInt16BE(height, entry + 34)
    return copy
  }

describe('one field of a good file', () => {
  test.each<[string, ClipName, Edit, string]>([
    [
      'stts count',
      'fast.mp4',
      then(withoutEdits, setU32(`${STBL}/stts`, 8, U32_MAX)),
      'video_too_long',
    ],
    [
      'stts delta',
      'fast.mp4',
      then(withoutEdits, setU32(`${STBL}/stts`, 12, U32_MAX)),
      'video_too_long',
    ],
    ['stts entries', 'fast.mp4', setU32(`${STBL}/stts`, 4, U32_MAX), 'source_not_video'],
    ['elst entries', 'fast.mp4', setU32('moov/trak/edts/elst', 4, U32_MAX), 'source_not_video'],
    ['no stts', 'fast.mp4', renameBox(`${STBL}/stts`), 'no_duration'],
    ['no samples', 'fast.mp4', then(withoutEdits, setU32(`${STBL}/stts`, 8, 0)), 'no_duration'],
    ['no movie header', 'fast.mp4', renameBox('moov/mvhd'), 'no_duration'],
    ['no movie', 'fast.mp4', renameBox('moov'), 'no_duration'],
    ['no media', 'fast.mp4', renameBox('moov/trak/mdia'), 'source_not_video'],
    ['no sample entry', 'fast.mp4', renameBox(`${STBL}/stsd`), 'source_not_video'],
    ['movie clock 0', 'fast.mp4', setU32('moov/mvhd', 12, 0), 'no_duration'],
    ['track clock 0', 'fast.mp4', setU32('moov/trak/mdia/mdhd', 12, 0), 'no_duration'],
    ['movie of an hour', 'fast.mp4', setU32('moov/mvhd', 16, 3_600_000), 'video_too_long'],
    ['moov of 2 GiB', 'fast.mp4', setU32('moov', -8, 0x80000000), 'source_truncated'],
    ['moov of 1 byte', 'fast.mp4', setU32('moov', -8, 1), 'source_truncated'],
    ['trak beyond moov', 'fast.mp4', setU32('moov/trak', -8, 0x7fffffff), 'source_not_video'],
    ['trak of 4 bytes', 'fast.mp4', setU32('moov/trak', -8, 4), 'source_not_video'],
    ['no size', 'fast.mp4', size(0, 180), 'video_geometry_invalid'],
    ['clock of Matroska 0', 'base.mkv', setScale(0), 'no_duration'],
  ])('%s', async (_, name, edit, key) => {
    await expect(readBytes(edit(await clipBytes(name)))).rejects.toMatchObject({
      name: 'AppError',
      key,
    })
  })

  test.each<[string, ClipName, Edit]>([
    ['stsc and stsz of 2^32 samples', 'samples.mp4', (file) => file],
    ['stts count behind an edit list', 'fast.mp4', setU32(`${STBL}/stts`, 8, U32_MAX)],
    ['movie duration unknown', 'fast.mp4', setU32('moov/mvhd', 16, U32_MAX)],
    ['Matroska duration NaN', 'base.mkv', setDouble(DURATION, NaN)],
    ['Matroska duration 1e300', 'base.mkv', setDouble(DURATION, 1e300)],
    ['Matroska duration -1', 'base.mkv', setDouble(DURATION, -1)],
  ])('%s: read all the same', async (_, name, edit) => {
    expect(await readBytes(edit(await clipBytes(name)))).toMatchObject({ durationMs: 3000 })
  })

  test('65535 × 65535 is told as it is', async () => {
    const { video } = await readBytes(size(65_535, 65_535)(await clipBytes('fast.mp4')))
    expect(video).toMatchObject({ width: 65_535, height: 65_535 })
  })
})

function setScale(scale: number): Edit {
  return (file) => {
    const copy = Buffer.from(file)
    const { body, end } = findElement(file, SCALE)
    copy.fill(0, body, end)
    copy.writeUIntBE(scale, body, end - body)
    return copy
  }
}

test.each<[ClipName, string]>([
  ['nested.mp4', 'no_duration'],
  ['boxes.mp4', 'source_not_video'],
])('%s is refused at once', async (name, key) => {
  const file = await clipBytes(name)
  const began = performance.now()
  await expect(readBytes(file)).rejects.toMatchObject({ key })
  expect(performance.now() - began).toBeLessThan(100)
})

test('headers scattered over the file run out of reads', async () => {
  const hop = Buffer.alloc(100_000)
  hop.writeUInt32BE(hop.length)
  hop.write('free', 4)
  const ftyp = (await clipBytes('fast.mp4')).subarray(
    0,
    findBox(await clipBytes('fast.mp4'), 'ftyp').end,
  )
  const source = memorySource(Buffer.concat([ftyp, ...Array<Buffer>(40).fill(hop)]))
  await expect(readMedia(source)).rejects.toMatchObject({ key: 'no_duration' })
  expect(source.reads).toHaveLength(16)
})
