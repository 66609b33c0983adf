import { bitDepthOf, transferOf } from './codec-config.ts'
import { codecOfMatroska } from './codec-names.ts'
import { aspect, rightAngle, uprightSize } from './display.ts'
import { elementsOf, fieldsOf, floatOf, textOf, uintOf } from './ebml.ts'
import { ID } from './mkv-ids.ts'
import { encrypted, oddGeometry, tooManyTracks } from './refusals.ts'

export interface MkvTrack {
  number: number
  kind: 'video' | 'sound' | 'other'
  codec: string
  /** Length of a frame in nanoseconds; 0 where the track does not say. */
  frameNs: number
  language: string | undefined
  entry: DataView
}

const MAX_TRACKS = 32
const VIDEO = 1
const SOUND = 2
const ENCRYPTION = 1
const DOLBY_CONFIGS = [0x64766343, 0x64767643, 0x64767743] // dvcC, dvvC, dvwC

export function readTracks(tracks: DataView): MkvTrack[] {
  const entries = elementsOf(tracks, ID.trackEntry)
  if (entries.length > MAX_TRACKS) throw tooManyTracks()
  return entries.map(readTrack)
}

function readTrack(entry: DataView): MkvTrack {
  const fields = fieldsOf(entry)
  refuseEncrypted(fields.get(ID.contentEncodings))
  const type = uintOf(fields.get(ID.trackType), 0)
  const audio = fields.get(ID.audio)
  const bits = audio ? uintOf(fieldsOf(audio).get(ID.audioBitDepth), 0) : 0
  const language = textOf(fields.get(ID.language)) ?? 'eng' // the format's own default
  return {
    number: uintOf(fields.get(ID.trackNumber), 0),
    kind: type === VIDEO ? 'video' : type === SOUND ? 'sound' : 'other',
    codec: codecOfMatroska(textOf(fields.get(ID.codecId)) ?? '', bits, fields.get(ID.codecPrivate)),
    frameNs: uintOf(fields.get(ID.defaultDuration), 0),
    language: /^[a-z]{3}$/.test(language) && language !== 'und' ? language : undefined,
    entry,
  }
}

function refuseEncrypted(encodings: DataView | undefined): void {
  if (!encodings) return
  const types = elementsOf(encodings, ID.contentEncoding).map((encoding) =>
    uintOf(fieldsOf(encoding).get(ID.contentEncodingType), 0),
  )
  if (types.includes(ENCRYPTION)) throw encrypted()
}

/** Size, orientation and colour of a video track. */
export function readMkvPicture({ codec, entry }: MkvTrack) {
  const fields = fieldsOf(entry)
  const video = mapOf(fields.get(ID.video))
  const colour = mapOf(video.get(ID.colour))
  const size = codedSize(video)
  const rotation = rotationOf(video.get(ID.projection))
  const { codedWidth, codedHeight } = size
  const bits = uintOf(colour.get(ID.bitsPerChannel), 0) || undefined
  return {
    codec,
    ...size,
    ...uprightSize(codedWidth, codedHeight, rotation),
    rotation,
    sar: sampleAspect(video, size),
    transfer: transferOf(uintOf(colour.get(ID.transferCharacteristics), 2)),
    dolbyVision: elementsOf(entry, ID.blockAdditionMapping).some((mapping) =>
      DOLBY_CONFIGS.includes(uintOf(fieldsOf(mapping).get(ID.blockAddIdType), 0)),
    ),
    bitDepth: bitDepthOf(codec, fields.get(ID.codecPrivate)) ?? bits,
    interlaced: uintOf(video.get(ID.flagInterlaced), 0) === 1,
  }
}

const mapOf = (view: DataView | undefined): ReadonlyMap<number, DataView> =>
  view ? fieldsOf(view) : new Map()

type Fields = ReadonlyMap<number, DataView>

/** Pixels that are left after the crop. */
function codedSize(video: Fields) {
  const side = (pixels: number, ...crops: number[]) =>
    crops.reduce((left, crop) => left - uintOf(video.get(crop), 0), uintOf(video.get(pixels), 0))
  const codedWidth = side(ID.pixelWidth, ID.pixelCropLeft, ID.pixelCropRight)
  const codedHeight = side(ID.pixelHeight, ID.pixelCropTop, ID.pixelCropBottom)
  if (codedWidth <= 0 || codedHeight <= 0) throw oddGeometry()
  return { codedWidth, codedHeight }
}

/** The display size is a ratio in every unit but 4 (unknown). */
function sampleAspect(video: Fields, { codedWidth, codedHeight }: ReturnType<typeof codedSize>) {
  const unit = uintOf(video.get(ID.displayUnit), 0)
  const width = uintOf(video.get(ID.displayWidth), codedWidth)
  const height = uintOf(video.get(ID.displayHeight), codedHeight)
  return unit === 4 ? ([1, 1] as const) : aspect(width * codedHeight, height * codedWidth)
}

/** Matroska rolls counter-clockwise, we turn clockwise. */
function rotationOf(projection: DataView | undefined) {
  const roll = projection && floatOf(fieldsOf(projection).get(ID.projectionPoseRoll))
  return rightAngle(-(roll ?? 0))
}
