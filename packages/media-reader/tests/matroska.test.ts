import { describe, expect, test } from '@jest/globals'
import { clipBytes, element, findElement } from '@upscale/testing'
import { readBytes } from './memory-source.ts'

const EBML = element(0x1a45dfa3, element(0x4282, Buffer.from('matroska')))
const SEGMENT = 0x18538067
const CLUSTER = 0x1f43b675

const uint = (id: number, value: number) => {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return element(id, bytes)
}
const float = (id: number, value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return element(id, bytes)
}
const text = (id: number, value: string) => element(id, Buffer.from(value))

const info = (seconds?: number) =>
  element(0x1549a966, ...(seconds === undefined ? [] : [float(0x4489, seconds * 1000)]))

/** A video track of 640×360; `video` and `entry`: further elements. */
const track = ({ video = [], entry = [] }: { video?: Buffer[]; entry?: Buffer[] } = {}) =>
  element(
    0xae,
    uint(0xd7, 1),
    uint(0x83, 1),
    text(0x86, 'V_VP9'),
    element(0xe0, uint(0xb0, 640), uint(0xba, 360), ...video),
    ...entry,
  )
const tracks = (...entries: Buffer[]) => element(0x1654ae6b, ...entries)

const block = (time: number, bytes = 10) => {
  const head = Buffer.from([0x81, 0, 0, 0])
  head.writeInt16BE(time, 1)
  return element(0xa3, head, Buffer.alloc(bytes))
}
const cluster = (time: number, ...inside: Buffer[]) => element(CLUSTER, uint(0xe7, time), ...inside)

const file = (...inside: Buffer[]) => Buffer.concat([EBML, element(SEGMENT, ...inside)])

/** A segment or cluster whose size was never written. */
function unsized(one: Buffer): Buffer {
  const copy = Buffer.from(one)
  copy.writeBigUInt64BE(0x01ffffffffffffffn, 4)
  return copy
}

describe('a video track', () => {
  const degrees = (roll: number) => element(0x7670, float(0x7675, roll))

  test.each<[string, Parameters<typeof track>[0], object]>([
    ['plain', {}, { width: 640, height: 360, rotation: 0, sar: [1, 1], transfer: 'sdr' }],
    ['rolled left', { video: [degrees(90)] }, { width: 360, height: 640, rotation: 270 }],
    ['rolled right', { video: [degrees(-90)] }, { width: 360, height: 640, rotation: 90 }],
    ['cropped', { video: [uint(0x54aa, 8), uint(0x54cc, 4)] }, { width: 636, height: 352 }],
    ['shown wider', { video: [uint(0x54b0, 1280), uint(0x54ba, 360)] }, { sar: [2, 1] }],
    ['HLG', { video: [element(0x55b0, uint(0x55ba, 18))] }, { transfer: 'hlg' }],
    ['10 bits', { video: [element(0x55b0, uint(0x55b2, 10))] }, { bitDepth: 10 }],
    ['Dolby Vision', { entry: [element(0x41e4, uint(0x41e7, 0x64767643))] }, { dolbyVision: true }],
    ['25 fps', { entry: [uint(0x23e383, 40_000_000)] }, { fps: 25, frames: 75 }],
  ])('%s', async (_, given, video) => {
    expect(await readBytes(file(info(3), tracks(track(given))))).toMatchObject({ video })
  })

  test.each<[string, Buffer, string]>([
    [
      'encrypted',
      track({ entry: [element(0x6d80, element(0x6240, uint(0x5033, 1)))] }),
      'video_encrypted',
    ],
    ['crooked', track({ video: [degrees(30)] }), 'video_geometry_invalid'],
    ['cropped to nothing', track({ video: [uint(0x54aa, 360)] }), 'video_geometry_invalid'],
    ['none', element(0xae, uint(0xd7, 1), uint(0x83, 2), text(0x86, 'A_OPUS')), 'no_video_stream'],
  ])('%s is refused', async (_, entry, key) => {
    await expect(readBytes(file(info(3), tracks(entry)))).rejects.toMatchObject({ key })
  })

  test('33 tracks are too many', async () => {
    const many = tracks(...Array<Buffer>(33).fill(track()))
    await expect(readBytes(file(info(3), many))).rejects.toMatchObject({ key: 'too_many_streams' })
  })
})

describe('duration and frame rate out of blocks', () => {
  const even = [0, 40, 80, 120, 160, 200, 240, 280, 320, 360]

  test('the last block ends one frame later', async () => {
    const blocks = even.map((time) => block(time))
    const live = file(info(), tracks(track()), cluster(0, ...blocks), cluster(400, ...blocks))
    expect(await readBytes(live)).toMatchObject({
      durationMs: 800,
      durationFrom: 'tail',
      layout: 'live',
      video: { fps: 25, frames: 20, vfr: false, framesExact: false },
    })
  })

  test('sizes that were never written', async () => {
    const blocks = even.map((time) => block(time))
    const parts = [info(), tracks(track()), unsized(cluster(0, ...blocks))]
    const segment = unsized(element(SEGMENT, ...parts, unsized(cluster(4400, ...blocks))))
    expect(await readBytes(Buffer.concat([EBML, segment]))).toMatchObject({ durationMs: 4800 })
  })

  test("a block's own duration counts", async () => {
    const group = element(0xa0, element(0xa1, Buffer.from([0x81, 0, 100, 0])), uint(0x9b, 700))
    const live = file(info(), tracks(track()), cluster(1000, block(0), group))
    expect(await readBytes(live)).toMatchObject({ durationMs: 1800 })
  })

  test('a cluster mark inside a picture is passed by', async () => {
    const picture = Buffer.concat([Buffer.from([0x1f, 0x43, 0xb6, 0x75]), Buffer.alloc(300, 0xee)])
    const head = Buffer.from([0x81, 0, 40, 0])
    const last = cluster(2400, block(0), element(0xa3, head, picture))
    expect(await readBytes(file(info(), tracks(track()), last))).toMatchObject({ durationMs: 2480 })
  })

  test('uneven frames', async () => {
    const blocks = [0, 40, 140, 180, 280, 320, 420, 460, 560, 600].map((time) => block(time))
    const uneven = file(info(3), tracks(track()), cluster(0, ...blocks))
    expect(await readBytes(uneven)).toMatchObject({ video: { vfr: true } })
  })

  test('frames larger than the first read', async () => {
    const blocks = even.map((time) => block(time, 60_000))
    const heavy = file(info(3), tracks(track()), cluster(0, ...blocks))
    expect(await readBytes(heavy)).toMatchObject({ video: { fps: 25 } })
  })

  test('without a duration and without blocks there is none', async () => {
    await expect(readBytes(file(info(), tracks(track())))).rejects.toMatchObject({
      key: 'no_duration',
    })
  })
})

test('headers behind the clusters are found by the seek head', async () => {
  const clusters = cluster(0, block(0, 100_000))
  const seek = (id: number, position: number) =>
    element(0x4dbb, uint(0x53ab, id), uint(0x53ac, position))
  const seekHead = (at: number) =>
    element(0x114d9b74, seek(0x1549a966, at), seek(0x1654ae6b, at + info(5).length))
  const at = seekHead(0).length + clusters.length
  const late = file(seekHead(at), clusters, info(5), tracks(track()))
  expect(await readBytes(late)).toMatchObject({ durationMs: 5000, video: { width: 640 } })
})

test('an element of a real file that claims too much', async () => {
  const copy = Buffer.from(await clipBytes('base.mkv'))
  const { start, body } = findElement(copy, [SEGMENT, 0x1654ae6b])
  copy.fill(0xff, start + 4, body)
  copy[start + 4] = 0x01 << (8 - (body - start - 4))
  await expect(readBytes(copy)).rejects.toMatchObject({ name: 'AppError' })
})
