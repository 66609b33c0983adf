/** Like Promise.all, but nothing is left running when a part fails: no tool may outlive its folder. */
export async function allDone<T extends readonly Promise<unknown>[]>(
  parts: [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(parts)
  return await Promise.all(parts)
}
