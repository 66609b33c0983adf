/** A time or a length of time as Temporal sends it; numbers beyond 2^53 come as objects of their own. */
export type ProtoTime = { seconds?: unknown; nanos?: number | null } | null | undefined

/** Milliseconds, whole; 0 where nothing was sent. The SDK's own function cannot read a stored history. */
export const msOf = (time: ProtoTime): number =>
  Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000)
