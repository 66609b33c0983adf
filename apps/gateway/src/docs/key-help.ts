import type { ErrorCode, FetchKey, MediaKey, PublicErrorCode } from '@upscale/types'

const URL_KEYS = {
  url_invalid: 'It is not a URL, is longer than 2048 characters, or holds spaces.',
  url_scheme_not_allowed: 'It starts with something else than https:// (or http:// for a video).',
  url_credentials_not_allowed: 'It holds a user name or password. Use a signed URL.',
  url_port_not_allowed: 'It names another port than 443 or 80.',
  url_address_not_allowed: 'Its host is at a private, local or reserved address.',
  url_host_not_allowed: 'Its host name is not a public one, or is ours.',
} satisfies Partial<Record<FetchKey, string>>

const SOURCE_KEYS = {
  redirect_downgrade: 'It redirects from https to http.',
  too_many_redirects: 'It redirects more than three times.',
  bad_redirect: 'It redirects without saying where to.',
  source_unreachable: 'Its server could not be reached. Check host name and certificate.',
  source_timeout: 'Its server took too long.',
  source_too_slow: 'Its server sends less than 50 kB per second.',
  source_bad_response: 'Its server sent an answer that is not proper HTTP, or a compressed one.',
  source_truncated: 'The file ended before it was complete. Upload it again in full.',
  source_http_status: 'Its server answered with an error; the message shows the number.',
  source_not_video: 'There is something else behind it, such as a web page or a damaged file.',
  range_not_supported:
    'Its server ignores Range requests and the header stands far into the file. Put it first (faststart).',
  no_duration: 'The file does not say how long it is. Export it again.',
} satisfies Partial<Record<FetchKey, string>>

const MEDIA_KEYS: Record<MediaKey, string> = {
  format_not_supported: 'It is WebM or another container. Use MP4, MOV or MKV.',
  codec_not_supported:
    'Its picture or sound has a codec that we do not read; the message names it.',
  hdr_not_supported: 'It is HDR (PQ or HLG) or Dolby Vision. Use an SDR copy.',
  frame_rate_too_high: 'It has more than 120 frames per second.',
  too_many_frames: 'It has more than 7200 frames.',
  too_many_streams: 'It has more than 32 tracks.',
  no_video_stream: 'It has sound only.',
  video_encrypted: 'It is protected. Use a copy without protection.',
  video_geometry_invalid: 'The size or orientation of its picture is not possible.',
  media_inconsistent: 'Its picture is longer than its header says.',
  media_crashes_decoder: 'It is damaged in a way that stops the decoder.',
}

const HOST_KEYS = {
  upscaler_unavailable: 'It could not be reached.',
  disk_full: 'It had no disk space left.',
  disk_unusable: 'It could not use its work folder.',
  out_of_memory: 'It ran out of memory.',
  engine_killed: 'It was stopped from outside.',
  ffmpeg_missing: 'It could not start its media tools.',
  store_unreachable: 'It could not reach the storage.',
  source_key_unknown: 'It could not open the sealed address of the video.',
}

function only<Key extends string>(help: Readonly<Record<Key, string>>, keys: readonly Key[]) {
  return Object.fromEntries(keys.map((key) => [key, help[key]]))
}

/** Of a file that turned out to be another one than was priced. */
const CHANGED_KEYS = {
  source_changed: 'It has another size or length, or another `ETag` or `Last-Modified`.',
  ...only(SOURCE_KEYS, ['source_not_video', 'source_truncated', 'no_duration']),
  ...only(MEDIA_KEYS, [
    'format_not_supported',
    'too_many_streams',
    'no_video_stream',
    'video_encrypted',
    'video_geometry_invalid',
    'media_inconsistent',
  ]),
}

/** What a task that we run again may meet, as a create does. */
const REFUSED_AGAIN = [
  'INSUFFICIENT_CREDITS',
  'MAX_CREDITS_EXCEEDED',
  'QUOTE_EXPIRED',
  'PROBE_FAILED',
  'UNSUPPORTED_VIDEO',
  'SOURCE_TOO_LARGE',
  'VIDEO_TOO_LONG',
  'OUTPUT_TOO_LARGE',
  'SERVICE_UNAVAILABLE',
] as const satisfies PublicErrorCode[]

const refusedAgain = Object.fromEntries(
  REFUSED_AGAIN.map((code) => [
    code.toLowerCase(),
    `The task was run again and refused as [\`${code}\`](#${code}).`,
  ]),
)

type KeyHelp = Readonly<Record<string, string>>

/** What the finer keys of a code mean; a code that is not here has one key, its name in lower case. */
export const KEY_HELP: Partial<Record<ErrorCode, KeyHelp>> = {
  INVALID_WEBHOOK_URL: URL_KEYS,
  PROBE_FAILED: { ...URL_KEYS, ...SOURCE_KEYS },
  UNSUPPORTED_VIDEO: MEDIA_KEYS,
  SOURCE_UNAVAILABLE: { ...URL_KEYS, ...SOURCE_KEYS },
  SOURCE_CHANGED: CHANGED_KEYS,
  SOURCE_UNREADABLE: {
    source_unreadable: 'Its pictures cannot be decoded.',
    source_truncated: 'It ends before its header says.',
    output_too_large: 'A picture in it is larger than its header says.',
    ...MEDIA_KEYS,
  },
  UPSCALER_UNAVAILABLE: HOST_KEYS,
  INVALID_PARAMETER: {
    invalid_parameter: 'The message says what is allowed.',
    upload_empty: 'The PUT of an upload had no bytes. Send the file as its body.',
    upload_too_slow:
      'The PUT of an upload was silent for 30 s, or took over 15 minutes. Send the file again to the same URL.',
    upload_cut_off:
      'The connection of a PUT ended before the file did. Send it again to the same URL.',
  },
  RATE_LIMITED: {
    rate_limited:
      'The daily quota, a burst limit, the number of open streams, or a limit of your address is used up.',
    queue_full:
      'The account has too many tasks that have not ended. Wait for some of them, or cancel one.',
    too_many_uploads:
      'The account has too many uploads open, or too many files on their way at the same time. An upload is open for the hour of its `expiresAt`, stored or not.',
  },
  GENERATION_FAILED: {
    generic: 'Nothing finer is known.',
    stopped: 'The service stopped the job.',
    ...refusedAgain,
  },
}
