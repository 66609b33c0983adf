/** Like Promise.all, but no work is left running when one part fails: a tool must not outlive its folder. */
export async function allDone<T extends readonly unknown[]>(
  parts: [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(parts)
  return (await Promise.all(parts)) as unknown as T
}
