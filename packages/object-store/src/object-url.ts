const SCHEME = 'store://'

/** How a sealed source names bytes that lie in our own store. No customer may send such a URL. */
export const objectUrlOf = (key: string): string => `${SCHEME}${key}`

/** The object key of such a URL; undefined for a customer's. */
export const objectKeyOf = (url: string): string | undefined =>
  url.startsWith(SCHEME) ? url.slice(SCHEME.length) : undefined
