/** Byte edits of media files, for clips whose headers lie or attack. Offsets are absolute. */

interface Span {
  /** Where the box or element begins, and where what it holds begins and ends. */
  start: number
  body: number
  end: number
}

export type Edit = (file: Buffer) => Buffer

/** Finds an MP4 box by path, `moov/trak[1]/mdia`; the index counts boxes of that type, from 0. */
export function findBox(file: Buffer, path: string): Span {
  let span: Span = { start: 0, body: 0, end: file.length }
  for (const step of path.split('/')) {
    const [, type = '', index = '0'] = /^(.{4})(?:\[(\d+)\])?$/.exec(step) ?? []
    const found = boxesIn(file, span).filter((box) => box.type === type)[Number(index)]
    if (!found) throw new Error(`no ${step} of ${path}`)
    span = found
  }
  return span
}

function boxesIn(file: Buffer, within: Span): (Span & { type: string })[] {
  const boxes: (Span & { type: string })[] = []
  for (let at = within.body; at + 8 <= within.end;) {
    const size = file.readUInt32BE(at)
    const end = size === 0 ? within.end : at + size
    boxes.push({ type: file.toString('latin1', at + 4, at + 8), start: at, body: at + 8, end })
    if (end <= at) break
    at = end
  }
  return boxes
}

/** Finds a Matroska element by the ids on its path. */
export function findElement(file: Buffer, path: number[]): Span {
  let span: Span = { start: 0, body: 0, end: file.length }
  for (const id of path) span = childElement(file, span, id)
  return span
}

function childElement(file: Buffer, within: Span, wanted: number): Span {
  for (let at = within.body; at < within.end;) {
    const idLength = Math.clz32(file[at] ?? 0) - 23
    const sizeAt = at + idLength
    const sizeLength = Math.clz32(file[sizeAt] ?? 0) - 23
    const size = file.readUIntBE(sizeAt, Math.min(sizeLength, 6))
    const body = sizeAt + sizeLength
    const end =
      sizeLength > 6 ? eightByteEnd(file, sizeAt, within.end) : body + (size & mask(sizeLength))
    if (file.readUIntBE(at, idLength) === wanted) return { start: at, body, end }
    at = end
  }
  throw new Error(`no element ${wanted.toString(16)}`)
}

const mask = (length: number): number => 2 ** (7 * length) - 1

function eightByteEnd(file: Buffer, sizeAt: number, limit: number): number {
  const size = file.readBigUInt64BE(sizeAt) & 0xffffffffffffffn
  return size === 0xffffffffffffffn ? limit : sizeAt + 8 + Number(size)
}

/** Writes a number `offset` bytes into what the box holds; −8 is its size field, −4 its type. */
export const setU32 =
  (path: string, offset: number, value: number): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    copy.writeUInt32BE(value, findBox(file, path).body + offset)
    return copy
  }

/** Writes an 8-byte float into a Matroska element. */
export const setDouble =
  (path: number[], value: number): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    copy.writeDoubleBE(value, findElement(file, path).body)
    return copy
  }

/** Hides a box from every reader without moving a byte. */
export const renameBox =
  (path: string, type = 'free'): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    copy.write(type, findBox(file, path).start + 4, 'latin1')
    return copy
  }

/** Writes the matrix (a, b, c, d) of the first track. */
export const turnTrack =
  ([a, b, c, d]: [number, number, number, number]): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    const matrix = findBox(file, 'moov/trak/tkhd').body + 40
    for (const [index, value] of [a, b, 0, c, d].entries()) {
      copy.writeInt32BE(value * 65_536, matrix + 4 * index)
    }
    return copy
  }

type TimeField = 'mvhd' | 'tkhd' | 'mdhd' | 'elst'

/** Makes the named headers of the movie and of its first two tracks say `seconds` (version 0 boxes). */
export const setMovieSeconds =
  (seconds: number, fields: TimeField[]): Edit =>
  (file) => {
    const copy = Buffer.from(file)
    const movie = findBox(file, 'moov/mvhd').body
    const movieTicks = seconds * file.readUInt32BE(movie + 12)
    const write = (value: number, path: string, offset: number) =>
      copy.writeUInt32BE(value, findBox(file, path).body + offset)
    if (fields.includes('mvhd')) write(movieTicks, 'moov/mvhd', 16)
    for (const track of ['moov/trak[0]', 'moov/trak[1]']) {
      const media = findBox(file, `${track}/mdia/mdhd`).body
      if (fields.includes('tkhd')) write(movieTicks, `${track}/tkhd`, 20)
      if (fields.includes('elst')) write(movieTicks, `${track}/edts/elst`, 8)
      if (fields.includes('mdhd')) {
        write(seconds * file.readUInt32BE(media + 12), `${track}/mdia/mdhd`, 16)
      }
    }
    return copy
  }

/** An MP4 box around what is given, which may say another size than it has. */
export function box(type: string, body: Buffer = Buffer.alloc(0), size = 8 + body.length): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(size)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

export const ftyp = (brand = 'isom'): Buffer =>
  box('ftyp', Buffer.concat([Buffer.from(brand), Buffer.alloc(4), Buffer.from(brand)]))

/** A Matroska element: the id with its marker bits, an 8-byte size, the body. */
export function element(id: number, ...inside: Buffer[]): Buffer {
  const body = Buffer.concat(inside)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id.toString(16).padStart(2, '0'), 'hex'), size, body])
}
