import type { Tools } from './find-tools.ts'
import type { MediaInfo } from './media-info.ts'
import { mediaInfoFrom } from './probe-mapping.ts'
import { runTool } from './run-tool.ts'
import { SAFE_PROBE } from './safe-flags.ts'

const ENTRIES = [
  'format=start_time',
  'format_tags=title',
  'stream=index,codec_type,codec_name,width,height,pix_fmt,color_range,color_space,color_primaries,color_transfer,field_order,time_base,channels',
  'stream_disposition=attached_pic',
  'stream_tags=language,title',
  'stream_side_data=rotation',
  'packet=stream_index,pts,duration,flags',
  'chapter=id',
  'chapter_tags=title',
].join(':')

const probeArgs = (path: string): string[] =>
  [
    ['-v', 'error', '-threads', '2', ...SAFE_PROBE],
    ['-show_entries', ENTRIES, '-of', 'json', `file:${path}`],
  ].flat()

export interface ProbeLimits {
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/** Reads a local file's streams and the time of every packet; no picture is decoded. */
export async function probeFile(
  tools: Tools,
  path: string,
  limits: ProbeLimits,
): Promise<MediaInfo> {
  const json = await runTool(tools, 'ffprobe', { args: probeArgs(path), ...limits })
  return mediaInfoFrom(JSON.parse(json.toString()))
}
