/** Secrets that may stand in any text: keys, tokens, signed queries. */
const SECRETS: readonly [RegExp, string][] = [
  [/\bsk-(test-)?[0-9A-Za-z]{20,}/g, 'sk-$1[secret]'],
  [/\bwhsec_[0-9A-Za-z+/=]+/g, 'whsec_[secret]'],
  [/\bBearer\s+[^\s"\\]+/gi, 'Bearer [secret]'],
  [/\b(postgres(?:ql)?:\/\/[^:/@\s]+:)[^@\s]+@/g, '$1[secret]@'],
  [
    /\b(X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|X-Goog-Signature|sig|token|access_token|api_key|key)=[^&\s"\\]+/gi,
    '$1=[secret]',
  ],
]

/** The text without anything that opens a door. */
export const scrub = (text: string): string =>
  SECRETS.reduce((clean, [pattern, shown]) => clean.replace(pattern, shown), text)
