/** A pipeline step that says how many bytes went through. */
export const counted = (onProgress: ((bytes: number) => void) | undefined) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0
    for await (const chunk of chunks) {
      yield chunk
      bytes += chunk.length
      onProgress?.(bytes)
    }
  }
