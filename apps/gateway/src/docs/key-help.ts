import type { ErrorCode, FetchKey, MediaKey } from '@upscale/types'

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
  hdr_not_supported: 'Its brightness range cannot be kept. Use an SDR copy.',
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

type KeyHelp = Readonly<Record<string, string>>

/** What the finer keys of a code mean; a code that is not here has one key, its name in lower case. */
export const KEY_HELP: Partial<Record<ErrorCode, KeyHelp>> = {
  INVALID_WEBHOOK_URL: URL_KEYS,
  PROBE_FAILED: { ...URL_KEYS, ...SOURCE_KEYS },
  UNSUPPORTED_VIDEO: MEDIA_KEYS,
  SOURCE_UNAVAILABLE: { ...URL_KEYS, ...SOURCE_KEYS },
  SOURCE_UNREADABLE: { source_unreadable: 'Its pictures cannot be decoded.', ...MEDIA_KEYS },
  UPSCALER_UNAVAILABLE: HOST_KEYS,
  RATE_LIMITED: {
    rate_limited: 'The daily quota, a burst limit or the number of open streams is used up.',
    queue_full: 'The account has too many tasks that have not ended. Wait for some of them.',
  },
  GENERATION_FAILED: {
    generic: 'Nothing finer is known.',
    stopped: 'The service stopped the job.',
  },
}
