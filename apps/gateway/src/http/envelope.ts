import type { ErrorView } from '../tasks/error-view.ts'

export const success = <Data>(data: Data) => ({ success: true, data }) as const

export const failure = (error: ErrorView) => ({ success: false, error }) as const
