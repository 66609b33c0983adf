/** As much of an OpenAPI 3.1 document as answers are held against; all references are local ones. */
export interface ApiDocument {
  paths?: Readonly<Record<string, object>> | undefined
  components?: object | undefined
  /** Of operations that say none of their own. */
  security?: readonly object[] | undefined
}

type PathItem = Readonly<Record<string, unknown>>

export interface ApiOperation {
  parameters?: readonly (ApiParameter | Reference)[]
  responses?: Readonly<Record<string, ApiResponse | Reference>>
  security?: readonly object[]
}

export interface Reference {
  $ref: string
}

interface ApiParameter {
  name: string
  in: string
  'x-multi-segment'?: boolean
}

export interface ApiResponse {
  headers?: Readonly<Record<string, object>>
  content?: Readonly<Record<string, { schema?: object }>>
}

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const

/** What a request path leads to; `operation` is undefined where the path has other methods only. */
export interface FoundPath {
  /** As the document writes it. */
  path: string
  method: string
  operation: ApiOperation | undefined
}

/** Finds the operation of a request; undefined: the document has no such path, or it can't be decoded. */
export function pathFinder(
  document: ApiDocument,
): (method: string, url: string) => FoundPath | undefined {
  const paths = Object.entries(document.paths ?? {})
    .map(([path, item]) => ({ path, item: item as PathItem }))
    .map(({ path, item }) => ({ path, item, pattern: patternOf(path, item) }))
    .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{'))) // plain ones first
  return (method, url) => {
    const [pathname = ''] = url.split('?', 1)
    const found = paths.find(({ pattern }) => pattern.test(pathname) && isDecodable(pathname))
    if (!found) return undefined
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
    const operation = found.item[asked] as ApiOperation | undefined
    return { path: found.path, method: asked, operation }
  }
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname)
    return true
  } catch {
    return false
  }
}

function patternOf(path: string, item: PathItem): RegExp {
  const source = path
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? escaped(part) : isLong(part, item) ? '.+' : '[^/]+'))
    .join('')
  return new RegExp(`^${source}$`)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Whether a parameter of a path may hold slashes. */
const isLong = (name: string, item: PathItem): boolean =>
  METHODS.some((method) =>
    (item[method] as ApiOperation | undefined)?.parameters?.some(
      (it) => 'name' in it && it.name === name && it['x-multi-segment'] === true,
    ),
  )
