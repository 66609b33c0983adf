import { hash } from 'node:crypto'
import { UPLOAD_TYPES } from '@upscale/types'
import { randomBase62 } from '../random-id.ts'

const RANDOM_LENGTH = 32 // 190 bits: each of the two URLs is the only key to what lies behind it
const OBJECT_KEY = /^uploads\/[A-Za-z0-9]{32}\.(mp4|mov|mkv)$/

export type UploadType = (typeof UPLOAD_TYPES)[keyof typeof UPLOAD_TYPES]

export function newUploadKey(contentType: UploadType): string {
  const [extension] = Object.entries(UPLOAD_TYPES).find(([, type]) => type === contentType) ?? []
  return `uploads/${randomBase62(RANDOM_LENGTH)}.${extension}`
}

export const newSlot = (): string => randomBase62(RANDOM_LENGTH)

/** What is stored of a slot, so that nobody who reads the database can fill it. */
export const slotDigestOf = (slot: string): Buffer => hash('sha256', slot, 'buffer')

/** Where a slot takes its PUT. */
export const uploadUrlOf = (publicUrl: string, slot: string): string =>
  `${publicUrl}/uploads/put/${slot}`

/** Where a stored upload is read, and what a create takes as `video_url`. */
export const publicUrlOf = (publicUrl: string, objectKey: string): string =>
  `${publicUrl}/${objectKey}`

/** The object key that a customer's URL means; undefined where it does not lead to an upload of ours. */
export function uploadKeyOf(publicUrl: string, videoUrl: string): string | undefined {
  const url = URL.parse(videoUrl)
  const place = url && `${url.origin}${url.pathname}`
  return place?.startsWith(`${publicUrl}/uploads/`) ? place.slice(publicUrl.length + 1) : undefined
}

export const isUploadKey = (text: string): boolean => OBJECT_KEY.test(text)
