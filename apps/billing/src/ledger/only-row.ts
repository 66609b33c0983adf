/** A function of the ledger answers one row. */
export function onlyRow<Row>([row]: readonly Row[]): Row {
  if (!row) throw new Error('the ledger answered nothing')
  return row
}
