import { AppError } from '@upscale/types'

export const keyNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such key: list the keys of its customer', {
    key: 'key_not_found',
    param: 'id',
  })

const KEY_ID = /^key_[0-9A-Za-z]{1,40}$/

/** The id of a key as a path has it; another text is that of no key. */
export function keyIdFrom(text: unknown): string {
  if (typeof text !== 'string' || !KEY_ID.test(text)) throw keyNotFound()
  return text
}
