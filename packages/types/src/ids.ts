declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A customer's job and the id of its workflow: `task_` and 16–40 letters or digits. */
export type TaskId = Branded<'TaskId'>
/** One balance: `<customer>:live` or `<customer>:test`. */
export type AccountId = Branded<'AccountId'>
/** Who pays: owns a live and a test account. */
export type CustomerId = Branded<'CustomerId'>
/** One HTTP request: `req_` and letters or digits. */
export type RequestId = Branded<'RequestId'>

const TASK_ID = /^task_[A-Za-z0-9]{16,40}$/
const CUSTOMER_ID = /^[A-Za-z0-9_-]{1,64}$/
const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}:(live|test)$/

export const isTaskId = (text: string): text is TaskId => TASK_ID.test(text)
export const isCustomerId = (text: string): text is CustomerId => CUSTOMER_ID.test(text)
export const isAccountId = (text: string): text is AccountId => ACCOUNT_ID.test(text)

/** Under which key of the object store all results of a task lie, whichever attempt made them. */
export const resultFolderOf = (taskId: TaskId): string => `results/${taskId}`

export const accountIdOf = (customer: CustomerId, livemode: boolean): AccountId =>
  `${customer}:${livemode ? 'live' : 'test'}` as AccountId
