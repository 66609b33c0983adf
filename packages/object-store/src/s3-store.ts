import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { counted } from './counted.ts'
import { checkKey, checkNewKey } from './object-key.ts'
import type { ObjectStore } from './object-store.ts'

export interface S3Place {
  bucket: string
  region: string
  /** Another server than Amazon's; the bucket then stands in the path. */
  endpoint?: string | undefined
}

// A store that is cut off must not hold a request until TCP gives up.
const CONNECT_TIMEOUT_MS = 3_000
const IDLE_TIMEOUT_MS = 30_000

/** Objects in one S3 bucket; credentials come from the SDK's own chain. */
export function createS3Store({ bucket, region, endpoint }: S3Place): ObjectStore {
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    // Servers beside Amazon's do not know the newer trailing checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const at = (key: string) => ({ Bucket: bucket, Key: checkKey(key) })

  return {
    async put(key, path, { contentType, signal, onProgress }) {
      const target = at(checkNewKey(key, contentType))
      const { size } = await stat(path)
      const file = createReadStream(path)
      const body = Readable.from(counted(onProgress)(file), { objectMode: false })
      const command = new PutObjectCommand({
        ...target,
        Body: body,
        ContentLength: size,
        ContentType: contentType,
      })
      try {
        await client.send(command, signal && { abortSignal: signal })
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      } finally {
        body.destroy()
        file.destroy()
      }
    },
    async open(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      const command = new GetObjectCommand({ ...at(key), ...(Range && { Range }) })
      const answer = await client.send(command).catch(undefinedIfMissing)
      if (!answer) return undefined
      const size = Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength)
      return { size, contentType: typeOf(answer), stream: answer.Body as Readable }
    },
    async stat(key) {
      const answer = await client.send(new HeadObjectCommand(at(key))).catch(undefinedIfMissing)
      return answer && { size: answer.ContentLength ?? 0, contentType: typeOf(answer) }
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key)))
    },
    async deleteFolder(folder) {
      const input = { Bucket: bucket, Prefix: `${checkKey(folder)}/` }
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, input)) {
        for (const { Key } of Contents) {
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
        }
      }
    },
  }
}

const typeOf = ({ ContentType }: { ContentType?: string | undefined }): string =>
  ContentType ?? 'application/octet-stream'

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return
  throw error
}
