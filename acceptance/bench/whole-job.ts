import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { hasEnded } from '../src/customer.ts'
import type { Created, Customer } from '../src/customer.ts'
import { median, report } from './figures.ts'

const run = promisify(execFile)
const ROUNDS = 3
const CHAIN =
  'deblock=filter=weak:block=8,atadenoise=s=9,cas=0.4,scale=1280:720:flags=lanczos+accurate_rnd+bitexact,format=yuv420p'

/** A whole job at 360p ×2, turn by turn with the same filters in one ffmpeg process by hand. */
export async function benchWholeJob(
  us: Customer,
  sourceUrl: string,
  sample: string,
  folder: string,
): Promise<void> {
  const ours: number[] = []
  const byHand: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    byHand.push(await seconds(() => upscaleByHand(sample, join(folder, 'by-hand.mp4'))))
    ours.push(await seconds(() => upscaleThroughUs(us, sourceUrl)))
  }
  byHand.shift() // the first round warms
  ours.shift()
  const more = median(ours) - median(byHand)
  report('whole job, 360p ×2, 5.3 s of video', `${median(ours).toFixed(2)} s`, {
    peer: `one ffmpeg by hand ${median(byHand).toFixed(2)} s, ours adds ${more.toFixed(2)} s (aim ≤ 1.5 s)`,
    ratio: median(ours) / median(byHand),
    aim: 'see the added seconds',
  })
}

const upscaleByHand = (source: string, target: string) =>
  run('ffmpeg', [
    ...'-nostdin -v error -i'.split(' '),
    source,
    ...`-map 0:V:0 -map 0:a? -vf ${CHAIN}`.split(' '),
    ...'-fps_mode passthrough -c:v libx264 -preset veryfast -crf 18 -c:a copy -movflags +faststart -y'.split(
      ' ',
    ),
    target,
  ])

async function upscaleThroughUs(us: Customer, sourceUrl: string): Promise<void> {
  const posted = await us.upscale({ video_url: sourceUrl })
  const { id } = posted.body.data as Created
  for (;;) {
    const task = await us.getTask(id)
    if (task.status === 'completed') return
    if (hasEnded(task)) throw new Error(JSON.stringify(task.error))
    await sleep(50)
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
