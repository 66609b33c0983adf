import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { MockActivityEnvironment } from '@temporalio/testing'
import { probeFile } from '@upscale/ffmpeg'
import type { MediaInfo } from '@upscale/ffmpeg'
import { readMedia } from '@upscale/media-reader'
import { createLogger, readKeyRing, sealSource } from '@upscale/runtime'
import { MAGIC_VIDEOS } from '@upscale/types'
import type {
  MagicName,
  MagicVideo,
  MediaFacts,
  TaskId,
  UpscaleFactor,
  UpscaleOutput,
  UpscaleProgress,
} from '@upscale/types'
import { readConfig } from '../src/config.ts'
import { createContext } from '../src/context.ts'
import type { UpscaleContext } from '../src/context.ts'
import { upscale } from '../src/upscale.ts'
import { serve, serveFile } from './file-server.ts'
import type { FileServer } from './file-server.ts'

export const TASK = 'task_0123456789abcdef' as TaskId
const KEYS = `k1:${randomBytes(32).toString('base64')}`

const silent = () => undefined
const QUIET = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
}

export interface TestUpscale extends AsyncDisposable {
  ctx: UpscaleContext
  env: MockActivityEnvironment
  heartbeats: UpscaleProgress[]
  run(): Promise<UpscaleOutput>
  /** What was stored under the key, as ffprobe sees it; and its path. */
  result(key: string): Promise<MediaInfo & { path: string }>
  /** The source, as ffprobe sees it. */
  probe(): Promise<MediaInfo>
  /** What is left in the work folder, and the tasks that have a result. */
  leftovers(): Promise<{ work: string[]; results: string[] }>
}

export interface TestOptions {
  factor?: UpscaleFactor
  /** What was priced, where that is not what is served. */
  priced?: Partial<MediaFacts>
  /** Another host than the one that serves the clip. */
  server?: FileServer
  given?: Partial<UpscaleContext>
  /** A test key's job. */
  livemode?: false
}

/** One attempt on the clip at `path`, served over HTTP, with a store and a work folder of its own. */
export async function testUpscale(path: string, options: TestOptions = {}): Promise<TestUpscale> {
  const { factor = '2', priced = {}, given = {}, livemode } = options
  const media = { ...(await factsOf(path)), ...priced }
  const server = options.server ?? (await serveFile(path))
  const { ctx, folder, source } = await testContext(server, given)
  const env = new MockActivityEnvironment({ attempt: 1 }, { logger: QUIET })
  const heartbeats: UpscaleProgress[] = []
  env.on('heartbeat', (progress: UpscaleProgress) => heartbeats.push(progress))
  const input = { taskId: TASK, factor, source, media, livemode, round: 1 }
  return {
    ctx,
    env,
    heartbeats,
    run: () => env.run(() => upscale(ctx, input)),
    probe: () => probeFile(ctx.tools, path, { timeoutMs: 20_000 }),
    ...storeIn(folder, ctx),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

export type TestMagic = Omit<TestUpscale, 'probe'>

/** One attempt on a magic video; its source is at a host that must never be asked. */
export async function testMagic(
  magic: MagicName,
  { factor = '2', attempt = 1 }: { factor?: UpscaleFactor; attempt?: number } = {},
): Promise<TestMagic> {
  const server = await serve(() => {
    throw new Error('something was fetched')
  })
  const { ctx, folder, source } = await testContext(server)
  const env = new MockActivityEnvironment({ attempt }, { logger: QUIET })
  const heartbeats: UpscaleProgress[] = []
  env.on('heartbeat', (progress: UpscaleProgress) => heartbeats.push(progress))
  const video: MagicVideo = MAGIC_VIDEOS[magic]
  if (!video.media) throw new Error(`${magic} is refused by the probe`)
  const { media } = video
  const input = { taskId: TASK, factor, source, media, magic, livemode: false, round: 1 }
  return {
    ctx,
    env,
    heartbeats,
    run: () => env.run(() => upscale(ctx, input)),
    ...storeIn(folder, ctx),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

/** A worker with a folder of its own, and the sealed URL of what `server` serves. */
async function testContext(server: FileServer, given: Partial<UpscaleContext> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'upscale-test-'))
  const config = readConfig({
    TEMPORAL_ADDRESS: 'unused:1',
    UPSCALE_WORKER_INTERNAL_PORT: '0',
    WORK_FOLDER: join(folder, 'work'),
    OBJECT_STORE: pathToFileURL(join(folder, 'store')).href,
    SOURCE_KEYS: KEYS,
    SAFE_FETCH_ALLOW: server.pair,
    PUBLIC_URL: 'https://upscale.example',
    PATH: process.env['PATH'],
    FFMPEG_PATH: process.env['FFMPEG_PATH'],
    FFPROBE_PATH: process.env['FFPROBE_PATH'],
  })
  const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'silent')
  const ctx = await createContext(config, { logger, ...given })
  return { ctx, folder, source: sealSource(readKeyRing(KEYS), server.url) }
}

const storeIn = (
  folder: string,
  ctx: UpscaleContext,
): Pick<TestUpscale, 'result' | 'leftovers'> => ({
  async result(key) {
    const opened = await ctx.objects.open(key)
    if (!opened) throw new Error('nothing is stored')
    const copy = join(folder, 'stored.mp4')
    await pipeline(opened.stream, createWriteStream(copy))
    return { ...(await probeFile(ctx.tools, copy, { timeoutMs: 20_000 })), path: copy }
  },
  leftovers: async () => ({
    work: await readdir(join(folder, 'work')),
    results: await readdir(join(folder, 'store', 'results')).catch(() => []),
  }),
})

/** What the probe would have said. */
export async function factsOf(path: string): Promise<MediaFacts> {
  await using file = await open(path)
  const { size } = await stat(path)
  return await readMedia({
    size,
    async read(offset, length) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    },
  })
}
