import type { Tools } from '@upscale/ffmpeg'
import { encodePieces } from '../encode-pieces.ts'
import type { Engine } from '../engine.ts'
import { scaleChain } from '../scale-chain.ts'

const PRESET = 'ultrafast' // a test job is looked at for its size, not for its beauty

/** For test keys: a plain resize on this machine's processor. */
export const createPlainEngine = (tools: Tools): Engine => ({
  name: 'plain',
  upscale({ plan, ...work }) {
    const encoder = { ...plan.encoder, preset: PRESET }
    const filters = scaleChain(work.video, plan)
    return encodePieces(tools, { ...work, plan: { ...plan, encoder } }, filters)
  },
})
