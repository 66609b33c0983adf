import { describe, expect, test } from '@jest/globals'
import { joinArgs, pieceList } from './join-args.ts'
import type { JoinRun } from './join-args.ts'
import { pictureArgs } from './picture-args.ts'
import type { PictureRun } from './picture-args.ts'
import { decodeCheckArgs, sourceSampleArgs } from './sample-args.ts'
import { repeatArgs, testPictureArgs } from './test-picture-args.ts'

const RUN: PictureRun = {
  source: '/w/source.bin',
  streamIndex: 0,
  seekSeconds: 0,
  skip: 0,
  frames: 90,
  filters: 'cas=0.2',
  encoder: { codec: 'h264', preset: 'veryfast', crf: 18, threads: 8 },
  timescale: 15_360,
  maxBytes: 1000,
  target: '/w/piece-0.mp4',
}
const after = (args: string[], option: string) => args[args.indexOf(option) + 1]

describe('a piece', () => {
  test('of the whole picture neither seeks nor skips', () => {
    const args = pictureArgs(RUN)
    expect(args).not.toContain('-ss')
    expect(after(args, '-vf')).toBe('cas=0.2')
    expect(args.at(-1)).toBe('file:/w/piece-0.mp4')
  })

  test('seeks before its input and drops the warm-up behind the filters', () => {
    const args = pictureArgs({ ...RUN, seekSeconds: 1.5, skip: 4 })
    expect(after(args, '-ss')).toBe('1.500000')
    expect(args.indexOf('-ss')).toBeLessThan(args.indexOf('-i'))
    expect(after(args, '-vf')).toBe('cas=0.2,trim=start_frame=4,setpts=PTS-STARTPTS')
  })

  test('of H.265 carries the tag that players want', () => {
    const encoder = { ...RUN.encoder, codec: 'hevc', preset: 'ultrafast' } as const
    const args = pictureArgs({ ...RUN, encoder })
    expect([after(args, '-c:v'), after(args, '-tag:v')]).toEqual(['libx265', 'hvc1'])
  })
})

test('every input of a customer stands behind all limits', () => {
  const all = [
    pictureArgs(RUN),
    sourceSampleArgs({ source: '/w/source.bin', streamIndex: 0, seekSeconds: 1, filters: 'null' }),
    decodeCheckArgs({ path: '/w/result.mp4', samples: [0], filters: 'null' }),
    joinArgs(JOIN),
    repeatArgs({ source: '/w/source.bin', frames: 255, target: '/w/result.mp4' }),
  ]
  for (const args of all) {
    const before = args.slice(
      0,
      args.findIndex((arg) => /^file:.*(source.bin|result.mp4)$/.test(arg)),
    )
    for (const option of [
      '-protocol_whitelist',
      '-format_whitelist',
      '-codec_whitelist',
      '-max_pixels',
      '-max_streams',
    ]) {
      expect(before).toContain(option)
    }
    expect(args[0]).toBe('-nostdin')
  }
})

const text = (index: number, language?: string, title?: string) => ({ index, language, title })
const JOIN: JoinRun = {
  pieceList: '/w/pieces.txt',
  source: '/w/source.bin',
  codec: 'h264',
  pictureDelaySeconds: 0.021,
  timescale: 1000,
  audio: [
    { ...text(1, 'fre', 'a\nb'), codec: 'aac', channels: 2, endSeconds: 3 },
    { ...text(3), codec: 'opus', channels: 6, endSeconds: 3 },
  ],
  subtitles: [text(4, 'eng')],
  chapters: ['Dawn', ''],
  title: undefined,
  maxBytes: 1000,
  target: '/w/out.mp4',
}

test('the join copies AAC, converts the rest, and sets allowed tags alone', () => {
  const args = joinArgs(JOIN).join(' ')
  expect(args).toContain(
    '-map_metadata -1 -map_chapters 1 -map 0:v:0 -c:v copy -map 1:1 -c:a:0 copy',
  )
  expect(args).toContain('-metadata:s:a:0 language=fre -metadata:s:a:0 title=a b')
  expect(args).toContain('-map 1:3 -c:a:1 aac -b:a:1 576000 -map 1:4 -c:s:0 mov_text')
  expect(args).toContain('-metadata:c:0 title=Dawn -video_track_timescale')
  expect(args).toContain('-itsoffset 0.021000 -protocol_whitelist file -f concat')
  expect(joinArgs({ ...JOIN, chapters: [] }).join(' ')).toContain('-map_chapters -1')
})

test('a piece list gives exact lengths', () => {
  expect(
    pieceList([
      { name: 'piece-0.mp4', seconds: 1 / 3 },
      { name: 'piece-9.mp4', seconds: 2 },
    ]),
  ).toBe(
    'ffconcat version 1.0\nfile piece-0.mp4\nduration 0.333333\nfile piece-9.mp4\nduration 2.000000\n',
  )
})

test('a test card reads no file and can be repeated without a seam', () => {
  const encoder = { ...RUN.encoder, codec: 'hevc' } as const
  const args = testPictureArgs({ width: 5120, height: 2880, fps: 30, frames: 10, encoder })
  expect(args.filter((_, at) => args[at - 1] === '-i')).toEqual([
    'smptehdbars=size=5120x2880:rate=30',
  ])
  expect([after(args, '-bf'), after(args, '-g'), after(args, '-tag:v')]).toEqual([
    '0',
    '10',
    'hvc1',
  ])
})
