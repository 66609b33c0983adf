/** Bits per sample out of a decoder's configuration record; undefined where it does not say. */
export function bitDepthOf(codec: string, config: DataView | undefined): number | undefined {
  if (!config) return undefined
  switch (codec) {
    case 'h264':
      return h264Depth(config)
    case 'hevc':
      return byteAt(config, 17, (bits) => 8 + (bits & 7))
    case 'av1':
      return byteAt(config, 2, (bits) => ((bits & 0x40) === 0 ? 8 : (bits & 0x20) === 0 ? 10 : 12))
    default:
      return undefined
  }
}

const byteAt = (view: DataView, at: number, read: (bits: number) => number): number | undefined =>
  at < view.byteLength ? read(view.getUint8(at)) : undefined

/** The depth stands behind the parameter sets, in the high profiles only. */
function h264Depth(avcC: DataView): number | undefined {
  const profile = byteAt(avcC, 1, (bits) => bits)
  if (profile === undefined || profile < 100) return profile && 8
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    const sets = byteAt(avcC, at, (bits) => bits & mask) ?? 0
    at += 1
    for (let set = 0; set < sets && at + 2 <= avcC.byteLength; set++) at += 2 + avcC.getUint16(at)
  }
  return byteAt(avcC, at + 1, (bits) => 8 + (bits & 7)) ?? (profile === 100 ? 8 : undefined)
}

const PQ = 16
const HLG = 18

/** ITU-T H.273 transfer characteristics; all that is not HDR counts as SDR. */
export const transferOf = (code: number | undefined): 'sdr' | 'pq' | 'hlg' =>
  code === PQ ? 'pq' : code === HLG ? 'hlg' : 'sdr'
