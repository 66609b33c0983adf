import type { Colors } from 'picocolors/types.js'
import { textOf } from './log-line.ts'
import type { LogLine } from './log-line.ts'

const SERVICE_WIDTH = 14
const HUES = ['cyan', 'green', 'magenta', 'blue', 'yellow', 'gray'] as const

/** `12:01:03.221 gateway  req_… POST /tools/upscale-video 200 41 ms task_…` */
export function renderLogLine(line: LogLine, colors: Colors): string {
  const when = colors.dim(clockOf(line.time))
  const who = colors[hueOf(line.service)](line.service.padEnd(SERVICE_WIDTH))
  const what = [line['request_id'], requestOf(line) ?? line.msg, failureOf(line), line['task_id']]
  const text = what.filter((part) => part !== undefined && part !== '').join(' ')
  return `${when} ${who} ${isBad(line.level) ? colors.red(text) : text}`
}

/** `POST /tools/upscale-video 200 41 ms`: what the gateway says of an answered request. */
function requestOf({ route, status, ms }: LogLine): string | undefined {
  if (typeof route !== 'string' || typeof status !== 'number') return undefined
  return `${route} ${status} ${Number(ms)} ms`
}

const isBad = (level: string): boolean => level === 'error' || level === 'fatal'

function failureOf(line: LogLine): string | undefined {
  const failure = line['err']
  if (typeof failure === 'object' && failure !== null && 'message' in failure) {
    const message = textOf(failure.message)
    return message === line.msg ? undefined : message
  }
  return textOf(failure)
}

/** The local time of day. */
const clockOf = (time: string): string => {
  const date = new Date(time)
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${date.toTimeString().slice(0, 8)}.${milliseconds}`
}

function hueOf(service: string): (typeof HUES)[number] {
  const first = service.codePointAt(0) ?? 0
  return HUES[(first + service.length) % HUES.length] ?? 'cyan'
}
