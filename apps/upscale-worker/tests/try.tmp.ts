import { copyFile } from 'node:fs/promises'
import { testUpscale } from './test-upscale.ts'
import type { UpscaleFactor } from '@upscale/types'
import { clip } from '@upscale/testing'
for (const arg of process.argv.slice(2)) {
  const [name = '', factor = '2'] = arg.split('@')
  const path = name.startsWith('/') ? name : await clip(name as never)
  try {
    await using t = await testUpscale(path, { factor: factor as UpscaleFactor })
    const since = Date.now()
    const out = await t.run()
    const r = await t.result(out.outputKey)
    console.log(
      arg,
      Date.now() - since,
      'ms',
      JSON.stringify(out),
      JSON.stringify({
        v: r.video && { ...r.video, times: r.video.times.length },
        a: r.audio,
        s: r.subtitles,
        c: r.chapters,
        t: r.title,
        st: r.startSeconds,
      }),
      t.heartbeats.length,
      JSON.stringify(await t.leftovers()),
    )
    if (process.env['KEEP'])
      await copyFile(r.path, `${process.env['KEEP']}/${name.split('/').at(-1)}-${factor}.mp4`)
  } catch (error) {
    const e = error as Error & { code?: string; key?: string; cause?: unknown }
    console.log(
      arg,
      'FAILED',
      e.code,
      e.key,
      e.message,
      String((e.cause as { stderr?: string })?.stderr ?? e.cause ?? (e.code ? '' : e.stack)).slice(
        0,
        800,
      ),
    )
  }
}
