import type { Pool, QueryResultRow } from 'pg'

/**
 * A statement that each connection parses and plans once: for the few that every poll runs. Columns keep
 * the names that the text gives them.
 */
export const prepare =
  <Row extends QueryResultRow>(pool: Pool, name: string, text: string) =>
  async (values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ name, text, values: [...values] })).rows
