/** A line of the combined log: the fields that every service writes, and whatever else it says. */
export interface LogLine {
  time: string
  level: string
  service: string
  msg: string
  [field: string]: unknown
}

/** What a process printed, as a log line; text that is no JSON becomes the message. */
export function readLogLine(service: string, text: string, now: Date): LogLine {
  const fields = parseObject(text) ?? { msg: text }
  return {
    ...fields,
    time: textOf(fields['time']) ?? now.toISOString(),
    level: (textOf(fields['level']) ?? 'info').toLowerCase(),
    service,
    msg: textOf(fields['msg']) ?? '',
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
