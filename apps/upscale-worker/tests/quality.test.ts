import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clip } from '@upscale/testing'
import { pieceOf } from '../src/plan-upscale.ts'
import { testUpscale } from './test-upscale.ts'

const run = promisify(execFile)
const ffmpeg = async (...args: string[]) =>
  (await run('ffmpeg', ['-nostdin', '-hide_banner', '-y', ...args], { maxBuffer: 1e8 })).stderr

const SAMPLES = new URL('../../../samples/', import.meta.url)
const clean = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0']

let folder: string
let pristine: string
let small: string
let large: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quality-'))
  pristine = join(folder, 'pristine.mkv')
  // A drifting fractal, made smaller: edges, calm areas and fine detail as steep as a camera's.
  const source = 'mandelbrot=s=2560x1440:r=25:start_scale=0.02:end_scale=0.015:end_pts=25'
  const look = 'scale=640:360,format=yuv420p,lutyuv=y=40+val*0.6,gblur=0.5'
  await ffmpeg('-f', 'lavfi', '-i', source, '-t', '0.24', '-vf', look, ...clean, pristine)
  small = await startOf('big-buck-bunny-360p.mp4')
  large = await startOf('big-buck-bunny-720p.mp4')
}, 180_000)
afterAll(() => rm(folder, { recursive: true }))

/** The first pictures of a sample, without loss: they show all that the whole would. */
async function startOf(name: string): Promise<string> {
  const path = join(folder, name)
  await ffmpeg(
    '-i',
    fileURLToPath(new URL(name, SAMPLES)),
    '-an',
    '-frames:v',
    '12',
    ...clean,
    path,
  )
  return path
}

/** A clip as a customer may have it. */
async function degraded(source: string, filters: string, ...encoder: string[]): Promise<string> {
  const path = join(folder, `${randomUUID()}.mp4`)
  await ffmpeg('-i', source, '-vf', filters, '-c:v', 'libx264', ...encoder, path)
  return path
}

/** PSNR and SSIM of the brightness, picture by picture. */
async function likeness(path: string, reference: string) {
  const same = 'settb=1/25,setpts=N'
  const graph = `[0:v]${same},split[a][b];[1:v]${same},split[c][d];[a][c]psnr;[b][d]ssim`
  const inputs = ['-i', path, '-i', reference]
  const said = await ffmpeg(...inputs, '-filter_complex', graph, '-f', 'null', '-')
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
    ['grain', 'noise=alls=10:allf=t', ['-crf', '18'], 3],
    ['light grain', 'noise=alls=6:allf=t', ['-crf', '18'], 1.5],
    ['blur', 'gblur=0.8', ['-crf', '20'], 0.1],
    ['blocks', 'null', ['-crf', '34', '-preset', 'ultrafast'], 0.4], // no loop filter
    ['few bits', 'null', ['-crf', '34'], 0.02],
  ])('a clip with %s comes closer to the pristine one', async (_, filters, encoder, gain) => {
    const before = await degraded(pristine, filters, ...encoder)
    const after = await enhanced(before, '1')
    const [was, is] = [await likeness(before, pristine), await likeness(after, pristine)]
    expect(is.psnr - was.psnr).toBeGreaterThan(gain)
    expect(is.ssim).toBeGreaterThan(was.ssim)
  })

  test('a clean clip stays what it is', async () => {
    const before = await degraded(pristine, 'null', '-crf', '16')
    const after = await enhanced(before, '1')
    expect((await likeness(after, before)).ssim).toBeGreaterThan(0.98)
  })
})

describe('at twice the size, beside a plain Lanczos resize by the same encoder', () => {
  /** A small clip both ways, measured against the large one. */
  async function bothWays(path: string) {
    const resize = 'scale=1280:720:flags=lanczos+accurate_rnd+bitexact'
    const encoder = ['-preset', 'veryfast', '-crf', '18', '-threads', '8']
    const plain = await measured(await degraded(path, resize, ...encoder))
    return { plain, ours: await measured(await enhanced(path, '2')) }
  }
  const measured = async (path: string) => ({
    ...(await likeness(path, large)),
    edges: await edges(path),
  })

  test('a good clip gets the outlines of the large one, at a small price', async () => {
    const { plain, ours } = await bothWays(small)
    expect(ours.edges).toBeGreaterThan(1.07 * plain.edges)
    expect(Math.abs(ours.edges / (await edges(large)) - 1)).toBeLessThan(0.05)
    expect(ours.psnr).toBeGreaterThan(plain.psnr - 0.3)
    expect(ours.ssim).toBeGreaterThan(plain.ssim - 0.003)
  })

  test.each([
    ['grain', 'noise=alls=8:allf=t', ['-crf', '18'], 0.3],
    ['blocks', 'null', ['-crf', '34', '-preset', 'ultrafast'], 0.1],
    ['few bits', 'null', ['-crf', '34'], 0.02],
    ['blur', 'gblur=0.6', ['-crf', '20'], 0.3],
  ])('a clip with %s comes closer to the large one', async (_, filters, encoder, gain) => {
    const poor = await degraded(large, `scale=640:360:flags=lanczos,${filters}`, ...encoder)
    const { plain, ours } = await bothWays(poor)
    expect(ours.psnr - plain.psnr).toBeGreaterThan(gain)
    expect(ours.ssim).toBeGreaterThan(plain.ssim)
  })
})

/** Mean brightness of the outlines. */
async function edges(path: string): Promise<number> {
  const look = 'format=gray,sobel,signalstats,metadata=print:key=lavfi.signalstats.YAVG'
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
