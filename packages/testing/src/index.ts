export { median, ms, percentile, report } from './figures.ts'
export { closedLoop, openLoop } from './load.ts'
export { readRawAnswer } from './openapi/raw-answer.ts'
export { responseChecker } from './openapi/response-checker.ts'
export type { CheckResponse, SeenResponse } from './openapi/response-checker.ts'
export { schemaValidator } from './openapi/schema-validator.ts'
export { testDatabase } from './test-database.ts'
export type { TestDatabase, TestDatabaseOptions } from './test-database.ts'
export { testTemporal } from './test-temporal.ts'
export type { TestTemporal } from './test-temporal.ts'
export { clip, clipBytes } from './media-corpus.ts'
export {
  box,
  element,
  findBox,
  findElement,
  ftyp,
  renameBox,
  setDouble,
  setU32,
} from './media-edits.ts'
export { RECIPES } from './media-recipes.ts'
export type { ClipName, Recipe } from './media-recipes.ts'
