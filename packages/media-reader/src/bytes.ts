/**
 * Header bytes are read through DataView: a read beyond the end throws RangeError, which the door of
 * this package takes for a damaged file.
 */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Part of a view, from inclusive, to exclusive. */
export const part = (view: DataView, from: number, to = view.byteLength): DataView =>
  new DataView(view.buffer, view.byteOffset + from, to - from)

/** 64-bit number; loses the last bits above 2^53, which no honest header reaches. */
export const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at))

export const i64 = (view: DataView, at: number): number => Number(view.getBigInt64(at))

/** Characters of one byte each. */
export function latin1(view: DataView, at: number, length: number): string {
  let text = ''
  for (let i = at; i < at + length; i += 1) text += String.fromCharCode(view.getUint8(i))
  return text
}
