import { expect, test } from '@jest/globals'
import { devServerArgs } from './temporal-server.ts'

const ALWAYS =
  '--log-level warn --log-format json --search-attribute UpscaleStage=Keyword --search-attribute UpscaleAccountId=Keyword --search-attribute UpscaleErrorCode=Keyword --dynamic-config-value matching.enableFairness=true --dynamic-config-value history.transferProcessorMaxPollRPS=1000 --dynamic-config-value history.timerProcessorMaxPollRPS=1000 --dynamic-config-value history.visibilityProcessorMaxPollRPS=1000'

test('a stack keeps its state in a file and has a web page', () => {
  expect(devServerArgs({ port: 4009, uiPort: 4010, file: '/s/temporal.db' }).join(' ')).toBe(
    `server start-dev --ip 127.0.0.1 --port 4009 --ui-port 4010 --ui-disable-news-fetch --db-filename /s/temporal.db --sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=NORMAL ${ALWAYS}`,
  )
})

test('tests have it in memory, without a page', () => {
  expect(devServerArgs({ port: 4009 }).join(' ')).toBe(
    `server start-dev --ip 127.0.0.1 --port 4009 --headless ${ALWAYS}`,
  )
})
