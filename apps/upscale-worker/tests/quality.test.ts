import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { pieceOf } from '../src/plan-upscale.ts'
import { testUpscale } from './test-upscale.ts'

const run = promisify(execFile)
const ffmpeg = async (...args: string[]) =>
  (await run('ffmpeg', ['-nostdin', '-hide_banner', '-y', ...args], { maxBuffer: 1e8 })).stderr

let folder: string
let pristine: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quality-'))
  pristine = join(folder, 'pristine.mkv')
  // A drifting fractal, made smaller: edges, calm areas and fine detail as steep as a camera's.
  const source = 'mandelbrot=s=2560x1440:r=25:start_scale=0.02:end_scale=0.015:end_pts=25'
  const look = 'scale=640:360,format=yuv420p,lutyuv=y=40+val*0.6,gblur=0.5'
  const clean = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0']
  await ffmpeg('-f', 'lavfi', '-i', source, '-t', '0.24', '-vf', look, ...clean, pristine)
})
afterAll(() => rm(folder, { recursive: true }))

/** The pristine clip as a customer may have it. */
async function degraded(name: string, filters: string, crf: number): Promise<string> {
  const path = join(folder, `${name}.mp4`)
  await ffmpeg('-i', pristine, '-vf', filters, '-c:v', 'libx264', '-crf', String(crf), path)
  return path
}

/** PSNR and SSIM of the brightness, picture by picture, at the size of `reference`. */
async function likeness(path: string, reference: string, filters = 'null') {
  const same = 'settb=1/25,setpts=N'
  const graph = `[0:v]${filters},${same},split[a][b];[1:v]${same},split[c][d];[a][c]psnr;[b][d]ssim`
  const said = await ffmpeg(
    '-i',
    path,
    '-i',
    reference,
    '-filter_complex',
    graph,
    '-f',
    'null',
    '-',
  )
  return {
    psnr: Number(/PSNR y:([\d.]+)/.exec(said)?.[1]),
    ssim: Number(/SSIM Y:([\d.]+)/.exec(said)?.[1]),
  }
}

async function enhanced(path: string, factor: '1' | '2') {
  await using job = await testUpscale(path, { factor })
  const { outputKey } = await job.run()
  const { path: stored } = await job.result(outputKey)
  const kept = join(folder, `enhanced-${factor}.mp4`)
  await ffmpeg('-i', stored, '-c', 'copy', kept)
  return kept
}

describe('at its own size', () => {
  test.each([
    ['grain', 'noise=alls=10:allf=t', 18, 3],
    ['light grain', 'noise=alls=6:allf=t', 18, 1.5],
    ['blur', 'gblur=0.8', 20, 0.1],
  ])('a clip with %s comes closer to the pristine one', async (name, filters, crf, gain) => {
    const before = await degraded(name, filters, crf)
    const after = await enhanced(before, '1')
    const [was, is] = [await likeness(before, pristine), await likeness(after, pristine)]
    expect(is.psnr - was.psnr).toBeGreaterThan(gain)
    expect(is.ssim).toBeGreaterThan(was.ssim)
  })

  test('a clean clip stays what it is', async () => {
    const before = await degraded('clean', 'null', 16)
    const after = await enhanced(before, '1')
    expect((await likeness(after, before)).ssim).toBeGreaterThan(0.98)
  })
})

test('at twice the size it is closer to the large picture than a plain resize, and sharper', async () => {
  const small = await degraded('small', 'scale=320:180:flags=lanczos', 18)
  const plain = 'scale=640:360:flags=bilinear'
  const after = await enhanced(small, '2')
  const [resized, ours] = [await likeness(small, pristine, plain), await likeness(after, pristine)]
  expect(ours.psnr).toBeGreaterThan(resized.psnr)
  expect(ours.ssim).toBeGreaterThan(resized.ssim)
  expect(await edges(after)).toBeGreaterThan(1.1 * (await edges(small, plain)))
})

/** Mean brightness of the outlines. */
async function edges(path: string, filters = 'null'): Promise<number> {
  const look = `${filters},format=gray,sobel,signalstats,metadata=print:key=lavfi.signalstats.YAVG`
  const said = await ffmpeg('-i', path, '-vf', look, '-f', 'null', '-')
  const values = Array.from(said.matchAll(/YAVG=([\d.]+)/g), ([, value]) => Number(value))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

test('several pieces make the same pictures as one', async () => {
  const path = await clip('interlaced.mp4') // the filter that looks back furthest
  await using job = await testUpscale(path, { factor: '1' })
  const whole = await job.result((await job.run()).outputKey)
  const first = join(folder, 'whole.mp4')
  await ffmpeg('-i', whole.path, '-c', 'copy', first)

  await using cut = await testUpscale(path, { factor: '1' })
  const { engine } = cut.ctx
  cut.ctx.engine = {
    name: 'pieces',
    upscale(work) {
      const pieces = [
        [0, 9],
        [9, 16],
        [16, 25],
      ].map(([start = 0, end = 0]) => pieceOf(work.video, 0, start, end))
      return engine.upscale({ ...work, plan: { ...work.plan, pieces } })
    },
  }
  const pieces = await cut.result((await cut.run()).outputKey)
  expect(pieces.video?.times).toEqual(whole.video?.times)
  // Each piece is encoded by itself, so pictures differ by what the encoder drops, and by no more.
  expect((await likeness(pieces.path, first)).psnr).toBeGreaterThan(40)
})
