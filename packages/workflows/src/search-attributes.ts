import { defineSearchAttributeKey } from '@temporalio/common'

/** `upscaling` from the start on, `needs_attention` while parked, `done`. */
export const STAGE = defineSearchAttributeKey('UpscaleStage', 'KEYWORD')
export const ACCOUNT = defineSearchAttributeKey('UpscaleAccountId', 'KEYWORD')
export const ERROR_CODE = defineSearchAttributeKey('UpscaleErrorCode', 'KEYWORD')

/** Every namespace registers these before the first job. */
export const SEARCH_ATTRIBUTES = [STAGE, ACCOUNT, ERROR_CODE]
