import type { Tools } from '@upscale/ffmpeg'
import { encodePieces } from '../encode-pieces.ts'
import type { Engine } from '../engine.ts'
import { filterChain } from './filter-chain.ts'
import { measurePicture } from './measure-picture.ts'

/** The classical engine: cleans what it measured, scales, sharpens. */
export const createLocalEngine = (tools: Tools): Engine => ({
  name: 'local',
  async upscale(work) {
    const measured = measurePicture(work.samples)
    const filters = filterChain(work.video, work.plan, measured, tools.filters)
    return await encodePieces(tools, work, filters)
  },
})
