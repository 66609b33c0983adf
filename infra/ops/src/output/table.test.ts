import { expect, test } from '@jest/globals'
import pc from 'picocolors'
import { renderTable } from './table.ts'
import type { Column } from './table.ts'

interface Row {
  name: string
  credits: string
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name, paint: (_row, colors) => colors.red },
  { title: 'CREDITS', text: ({ credits }) => credits, align: 'right' },
]
const ROWS = [
  { name: 'acme:live', credits: '1,000' },
  { name: 'b', credits: '99,999,999' },
]

test('columns are as wide as their widest cell, numbers end in one line', () => {
  expect(renderTable(COLUMNS, ROWS, pc.createColors(false))).toBe(
    ['NAME          CREDITS', 'acme:live       1,000', 'b          99,999,999'].join('\n'),
  )
})

test('colour moves no column', () => {
  expect(renderTable(COLUMNS, ROWS.slice(1), pc.createColors(true))).toBe(
    ['NAME     CREDITS', '\u001B[31mb   \u001B[39m  99,999,999'].join('\n'),
  )
})

test('text of others stays on its line', () => {
  const row = { name: 'a\n\u001B[2Jb', credits: '1' }
  expect(renderTable(COLUMNS, [row], pc.createColors(false))).toBe(
    ['NAME    CREDITS', 'a [2Jb        1'].join('\n'),
  )
})

test('without rows the titles stand alone', () => {
  expect(renderTable(COLUMNS, [], pc.createColors(false))).toBe('NAME  CREDITS')
})
