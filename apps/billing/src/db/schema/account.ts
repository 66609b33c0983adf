/** One balance: `<customer>:live` or `<customer>:test`. Written by the ledger's functions only. */
export interface AccountTable {
  id: string
  balance: bigint
}
