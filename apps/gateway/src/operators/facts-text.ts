/** The plain facts of a JSON object as a line for people: `key pay_1, credits 500`. */
export const factsText = (value: unknown): string =>
  Object.entries(value ?? {})
    .filter(([, fact]) => ['string', 'number', 'boolean'].includes(typeof fact))
    .map(([name, fact]) => `${name} ${String(fact)}`)
    .join(', ')
